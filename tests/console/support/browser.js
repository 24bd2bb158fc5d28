// One browser for a test file, and a context for each person: two people at once are two contexts.

import { chromium } from "playwright-core";

import { chromium as binary } from "./files.js";
import { listen } from "./complaints.js";

/** Nothing that asks the network for anything by itself; without a sandbox, because tests may run as root. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever a page asks for, nothing leaves this machine.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

/** Starts the browser, with a profile of its own. */
export async function open(origin) {
  const browser = await chromium.launch({ executablePath: binary(), args: FLAGS });
  return {
    close: () => browser.close(),
    person: (who, options) => person(browser, origin, who, options),
    nobody: (options) => context(browser, origin, options),
  };
}

/** Somebody who signed in: `{ page, complaints, context, who }`. `javaScript: false` is a browser without it. */
async function person(browser, origin, who, options) {
  const somebody = await context(browser, origin, options);
  const { page } = somebody;
  await page.goto("/enter");
  await page.locator(`button[name="person"][value="user:${who}"]`).click();
  await page.waitForURL("**/automations");
  return { ...somebody, who };
}

/** Who is not signed in. */
async function context(browser, origin, { javaScript = true, viewport = WIDE, cookies = [], allow } = {}) {
  const options = { baseURL: origin, javaScriptEnabled: javaScript, viewport, reducedMotion: "reduce" };
  const made = await browser.newContext({ ...options, locale: "en-GB", timezoneId: "Europe/Paris" });
  made.setDefaultTimeout(15_000);
  await made.addCookies(cookies);
  const complaints = await listen(made, origin, allow);
  const another = (changed) => context(browser, origin, { javaScript, viewport, ...changed });
  return { context: made, page: await made.newPage(), complaints, another, close: () => made.close() };
}
