//! Texts: a guest that says what wants to be more than text, wherever a guest can say anything (W02). `tests/console/hostile.test.js`
//! looks at each page that shows it.
//!
//! Its name, version, description and schema are made of `payloads.txt`. Of the setting `text`, it finds something twice, writes it
//! to the log, fails with it once and traps with it once, and tells it in a message with a file of that name.

use policy_guest::{
    Action, Condition, Event, Finding, Hand, Manifest, Message, Notification, Plugin, Problem, Settings, View,
    automation, log,
};

/// One on each line; the browser tests type the same.
const PAYLOADS: &str = include_str!("../payloads.txt");
/// Bytes of a description, as the host takes it, and some to spare.
const DESCRIPTION: usize = 1_900;

struct Texts;

impl Plugin for Texts {
    fn describe() -> Manifest {
        let name = PAYLOADS.lines().nth(1).unwrap_or("texts");
        let version = format!("0.1.0-{}", PAYLOADS.lines().nth(13).unwrap_or_default());
        Manifest::new(name, &version, &description()).settings(&schema())
    }
}

/// As many as a description may hold.
fn description() -> String {
    PAYLOADS.lines().fold(String::new(), |said, payload| {
        if said.len() + payload.len() < DESCRIPTION { format!("{said}{payload} ") } else { said }
    })
}

/// A setting for each, which is called so and described so.
fn schema() -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let settings = PAYLOADS.lines().enumerate().map(|(at, payload)| {
        let payload = quoted(payload);
        format!(r#""p{at}": {{"type": "string", "title": {payload}, "description": {payload}}}"#)
    });
    let settings: Vec<String> = settings.collect();
    format!(
        r#"{{"type": "object", "required": ["text"], "properties": {{"text": {{"type": "string"}}, {}}}}}"#,
        settings.join(", ")
    )
}

impl Condition for Texts {
    fn evaluate(_event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        let settings = Settings::of(view)?;
        let text = settings.text("text")?;
        log::warning(text);
        Ok(["fails", "traps"].map(|key| Finding::new(key, text).with("said", text)).into())
    }
}

impl Action for Texts {
    #[allow(clippy::panic, reason = "that is what it is for")]
    fn act(_event: &Event, finding: &Finding, view: &View, _hand: &Hand) -> Result<(), Problem> {
        let settings = Settings::of(view)?;
        let text = settings.text("text")?;
        if finding.key == "fails" {
            return Err(Problem::Failed(text.to_owned()));
        }
        log::panics();
        panic!("{text}");
    }
}

impl Notification for Texts {
    fn render(_event: &Event, finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        let settings = Settings::of(view)?;
        let text = settings.text("text")?;
        // What has a slash is no name of a file, and is refused.
        let name = text.replace(['/', '\\'], "|");
        let message = || Message::new(text, text).attach(&name, "text/html", text.as_bytes().to_vec());
        Ok((finding.key == "fails").then(message))
    }
}

automation!(Texts: condition, action, notification);
