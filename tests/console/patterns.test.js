// What the console's style offers to pages, each with its markup in `patterns.html`: it keeps what every page keeps, so that a page made
// of it does, too.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import assert from "node:assert/strict";

import { check } from "./support/check.js";
import { root, tests } from "./support/files.js";
import { served } from "./support/static.js";

const asset = (name) => readFileSync(join(root, "host/server/src/assets", name), "utf8");
const patterns = readFileSync(join(tests, "patterns.html"), "utf8");
const browser = await served({
  "/patterns": patterns,
  "/style.css": asset("style.css"),
  "/live.js": asset("live.js"),
  "/icon.svg": asset("icon.svg"),
});

test("the patterns keep what every page keeps", async () => {
  await check(await browser.nobody(), "/patterns", "patterns");
});

test("each class of the style is among the patterns", () => {
  const styled = asset("style.css").replace(/\/\*[^]*?\*\//g, "").match(/\.[a-z][a-z-]+(?=[^{};]*\{)/g);
  const shown = new Set([...patterns.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names.split(" ")));
  // Made by what happens on a page, or only on the pages of who is not signed in.
  const elsewhere = [".over", ".bare"];
  const missing = [...new Set(styled)].filter((one) => !shown.has(one.slice(1)) && !elsewhere.includes(one));
  assert.deepEqual(missing, []);
});
