// What a page complains of: errors, reports of its content security policy, dialogs, requests to elsewhere. A good page has none.

/** Collects them from every page of a context. `allow` are patterns of complaints that a test expects. */
export async function listen(context, origin, allow = []) {
  const complaints = [];
  const add = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  // Chromium also prints each report on the console; this one says what was stopped.
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`stopped by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) add(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => add(`error: ${error.error()}`));
  context.on("dialog", async (dialog) => {
    add(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  context.on("request", (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (to !== origin && protocol !== "blob:") add(`request to elsewhere: ${request.url()}`);
  });
  return complaints;
}
