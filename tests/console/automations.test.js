// The list of automations.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small");

test("the page keeps what every page keeps", async () => {
  await check(await person("ana"), "/automations", "automations");
});

test("who may see nothing is told what to do, and the page keeps it too", async () => {
  const dan = await person("dan");
  await check(dan, "/automations", "automations-none");
  assert.match(await dan.page.locator("main").innerText(), /Nothing here that you may see\. Create one, or ask/);
});

test("each person sees what they may see: two at once", async () => {
  const [ana, bo] = [await person("ana"), await person("bo", { javaScript: false })];
  const names = ({ page }) => page.locator("main tbody th a").allInnerTexts();
  assert.deepEqual((await names(ana)).sort(), ["Every deal at all", "Large deals"]);
  assert.deepEqual(await names(bo), ["Large deals"]);
});
