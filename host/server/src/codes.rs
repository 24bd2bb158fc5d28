//! Every code that a problem can carry, with what it means and what to do: one table, for programs, for `/problems/{code}` and for
//! the tests.

/// What is known of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Explained {
    /// Stable for ever, such as `M0404`.
    pub(crate) code: &'static str,
    /// A few words.
    pub(crate) title: &'static str,
    /// What it means.
    pub(crate) means: &'static str,
    /// What to do about it.
    pub(crate) advice: &'static str,
}

/// What is known of a code, if there is one.
pub(crate) fn explained(code: &str) -> Option<&'static Explained> {
    ALL.iter().find(|one| one.code == code)
}

const fn code(code: &'static str, title: &'static str, means: &'static str, advice: &'static str) -> Explained {
    Explained { code, title, means, advice }
}

/// Where all refusals of uploaded components lead.
const REBUILD: &str =
    "Build it again as the message says, and upload that. `mandate inspect PLUGIN` says the same without a server.";
/// Where a machine stands in the way.
const LATER: &str = "Try again in a minute. If it stays so, tell the operator of the server.";
/// Where an event is not taken.
const RESEND: &str = "Change what sends the event, and send it again. Nothing of it was kept.";

/// All of them, in order.
pub(crate) const ALL: &[Explained] = &[
    code("M0101", "not WebAssembly", "The uploaded file does not begin as WebAssembly does.", REBUILD),
    code("M0102", "no component", "The uploaded file is a core module, and not a component.", REBUILD),
    code("M0103", "malformed", "The uploaded component is broken or not valid.", REBUILD),
    code("M0104", "imports a system", "The component imports WASI, and guests have no system at all.", REBUILD),
    code("M0105", "unknown import", "The component imports what is no interface of the contract.", REBUILD),
    code("M0106", "another contract", "The component was built for another version of the contract.", REBUILD),
    code("M0107", "no interface", "The component has something else where the contract has an interface.", REBUILD),
    code("M0108", "no plugin", "The component does not export `plugin`, and so does not say what it is.", REBUILD),
    code(
        "M0109",
        "a feature that is off",
        "The component uses a feature of WebAssembly that guests may not use.",
        REBUILD,
    ),
    code("M0110", "composed", "The component contains components that run code of their own.", REBUILD),
    code("M0111", "a language engine", "The component is as large as a guest that brings a language engine.", REBUILD),
    code("M0112", "too much of something", "The component passes a limit that keeps compiling it cheap.", REBUILD),
    code("M0151", "does not compile", "The component is valid, and the compiler cannot compile it.", REBUILD),
    code("M0152", "does not fit", "An import or export has other types than the contract.", REBUILD),
    code("M0153", "does not describe itself", "`plugin.describe` broke off or did not answer.", REBUILD),
    code("M0154", "wrong manifest", "What the plugin says of itself breaks a rule.", REBUILD),
    code("M0155", "undeclared powers", "The manifest asks for more than the component imports.", REBUILD),
    code("M0156", "too dear to compile", "Compiling took more processor time than it may.", REBUILD),
    code("M0157", "too large to compile", "Compiling took more memory than it may.", REBUILD),
    code("M0158", "compiling took too long", "The server had too much to do to compile it in time.", LATER),
    code("M0159", "the compiler broke off", "Compiling ended without an answer. Nothing was kept.", LATER),
    code("M0160", "too many are compiled", "Too many plugins wait to be compiled.", LATER),
    code("M0161", "no compiler", "The compiler cannot be started on the server.", LATER),
    code("M0162", "another compiler", "The compiler and the server are not of the same build.", LATER),
    code("M0201", "no event", "What was sent is no CloudEvent.", RESEND),
    code("M0202", "a large event", "The event is larger than what is taken.", RESEND),
    code("M0203", "unknown type", "Events of this type are not known here.", RESEND),
    code("M0204", "wrong subject", "The subject is none, or of a dataset that is not known here.", RESEND),
    code("M0205", "wrong time", "The event does not say when it happened, or not in a way that is known here.", RESEND),
    code("M0206", "wrong data", "The event's data is not what events of this type carry.", RESEND),
    code(
        "M0400",
        "cannot be read",
        "The body or the query of the request is not what the address takes: no JSON, an unknown field, another type.",
        "Compare it with `/api/v1/openapi.json`. The message says what is wrong.",
    ),
    code(
        "M0401",
        "not signed in",
        "The request says nobody who asks, or their session or token has ended.",
        "Sign in, and try again.",
    ),
    code(
        "M0402",
        "not from here",
        "A request that changes something came from another site, or without the token of one of our own pages. Nothing was done.",
        "Open the page here and try again. Programs send the header `X-CSRF-Token` with a session.",
    ),
    code(
        "M0403",
        "refused",
        "You may not do this: a rule of your site, its policies or the automation itself says so. Nothing was done.",
        "The message says which, and who could let you.",
    ),
    code(
        "M0404",
        "not found",
        "There is nothing at this address that you may see. What does not exist and what you may not know of are told alike.",
        "Look at the address. If it should be there, ask who shared it with you whether they still do.",
    ),
    code(
        "M0405",
        "no such method",
        "The address exists, and does not take this method.",
        "Look at `/api/v1/openapi.json` for what it takes.",
    ),
    code(
        "M0406",
        "not in the scope of the token",
        "The token was not made for this, or it takes a token and a session was sent. Nothing was done.",
        "`x-scope` in `/api/v1/openapi.json` says what it asks for. Make a token with that scope.",
    ),
    code(
        "M0407",
        "not signed in",
        "The identity provider said no, what it sent is not accepted, the sign-in took too long, or this site has nobody of that name.",
        "Sign in again. If it stays so, tell an administrator of the site what the message says.",
    ),
    code(
        "M0409",
        "something else is so now",
        "What you decided on is not so any more: somebody changed it meanwhile. Nothing was done.",
        "Look at it again, and decide again.",
    ),
    code(
        "M0412",
        "changed since",
        "What is there is not what `If-Match` names: it was changed since you read it. Nothing was done.",
        "Read it again, and decide again.",
    ),
    code(
        "M0413",
        "too large",
        "The body has more bytes than are taken at this address. Nothing of it was kept.",
        "Send less. The message says how much is taken.",
    ),
    code(
        "M0415",
        "not taken",
        "The body is of a type that is not taken at this address, or it is compressed.",
        "Send it as the message says, with its `Content-Type` and without `Content-Encoding`.",
    ),
    code(
        "M0422",
        "not right",
        "The request can be read, and something in it is not right. `field` says which, where one is to blame. Nothing was done.",
        "Put it right as the message says, and try again.",
    ),
    code(
        "M0429",
        "too many at once",
        "You have as many of these under way as one person may. Nothing was done.",
        "Wait until one of them is done, and try again.",
    ),
    code(
        "M0500",
        "the server's fault",
        "Something went wrong on the server that should not. What it was stands in its log and is told to nobody else.",
        "Try again. If it stays so, tell the operator when it happened.",
    ),
    code(
        "M0503",
        "not now",
        "The server, its store or the platform cannot answer just now. Nothing was half done.",
        "Try again after as many seconds as `Retry-After` says.",
    ),
];
