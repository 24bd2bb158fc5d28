// What every page of the console must do, in one call. All faults of a page are told at once.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { accessibility } from "./accessibility.js";
import { NARROW, WIDE } from "./browser.js";
import { shots } from "./files.js";
import { controls, keyboard } from "./keyboard.js";
import { sideways } from "./narrow.js";

/** Most bytes that a first visit may load: the page and all its files, with their headers. */
const MOST = 100 * 1024;

/** How a page is looked at. */
const LOOKS = [
  { shot: "light", colorScheme: "light", viewport: WIDE },
  { shot: "dark", colorScheme: "dark", viewport: WIDE },
  { shot: "narrow", colorScheme: "light", viewport: NARROW, layoutAlone: true },
];

/**
 * Opens `path` as somebody and checks it: nothing that axe finds, light and dark and narrow; every control reached by Tab, in the
 * order of the page, with a focus that can be seen; the same controls without JavaScript; no sideways scrolling at 360 px; no
 * complaint of the browser; a small first load. Leaves `NAME.light.png`, `NAME.dark.png` and `NAME.narrow.png` in
 * `target/console-shots/`. `status` is what the page is answered with; `then` does what leads on from there to what is looked at, and `allow`
 * what a browser may complain of on the way.
 */
export async function check(somebody, path, name, { status = 200, then = async () => {}, allow = [] } = {}) {
  await mkdir(shots, { recursive: true });
  const faults = [];
  const cookies = await somebody.context.cookies();
  const scripted = await withJavaScript(somebody, cookies, { path, name, status, then, allow, faults });
  const plain = await withoutJavaScript(somebody, cookies, { path, then, faults });
  for (const control of scripted) {
    if (!plain.includes(control)) faults.push(`without JavaScript there is no ${control}`);
  }
  assert.deepEqual(faults, [], `${path} as ${somebody.who ?? "nobody"}`);
}

/**
 * The same of the page that somebody is on, which a form led to and no address does: what axe finds, light and dark and narrow; Tab;
 * sideways scrolling. Leaves the same pictures. For who has JavaScript.
 */
export async function checkHere({ page, who }, name) {
  await mkdir(shots, { recursive: true });
  const faults = [];
  await look(page, name, faults);
  await page.setViewportSize(WIDE);
  faults.push(...(await keyboard(page)));
  assert.deepEqual(faults, [], `${page.url()} as ${who ?? "nobody"}`);
}

/** Every look of a page, each with its picture; ends narrow. */
async function look(page, name, faults) {
  for (const { shot, colorScheme, viewport, layoutAlone } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(shots, `${name}.${shot}.png`), fullPage: true });
    faults.push(...(await accessibility(page, { layoutAlone })).map((fault) => `${shot}: ${fault}`));
  }
  faults.push(...(await sideways(page)));
}

async function withJavaScript(somebody, cookies, { path, name, status, then, allow, faults }) {
  const own = await somebody.another({ cookies, javaScript: true, allow: [...statusOf(status), ...allow] });
  const { page } = own;
  const loaded = await weigh(page);
  const answer = await page.goto(path, { waitUntil: "load" });
  if (answer.status() !== status) faults.push(`answered with ${answer.status()}`);
  if (loaded.bytes > MOST) faults.push(`the first visit loads ${loaded.bytes} bytes; ${MOST} is the most`);
  await then(page);
  await look(page, name, faults);
  await page.setViewportSize(WIDE);
  const found = await page.evaluate(controls);
  faults.push(...(await keyboard(page)));
  faults.push(...own.complaints);
  await own.close();
  return found.filter(({ live }) => !live).map(({ what }) => what);
}

async function withoutJavaScript(somebody, cookies, { path, then, faults }) {
  const own = await somebody.another({ cookies, javaScript: false, allow: [/Failed to load resource/] });
  await own.page.goto(path);
  await then(own.page);
  const found = await own.page.evaluate(controls);
  faults.push(...own.complaints.map((complaint) => `without JavaScript: ${complaint}`));
  await own.close();
  return found.map(({ what }) => what);
}

/** Chromium says on the console that a page was answered with an error, which is what some tests are about. */
function statusOf(status) {
  return status < 400 ? [] : [new RegExp(`Failed to load resource: .* status of ${status} `)];
}

/** Counts what comes over the wire from now on. */
async function weigh(page) {
  const loaded = { bytes: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (loaded.bytes += encodedDataLength));
  return loaded;
}
