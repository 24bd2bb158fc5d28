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

test("filters are links that keep each other, without JavaScript", async () => {
  const { page } = await person("ana", { javaScript: false });
  await page.goto("/automations");
  await page.getByRole("link", { name: "Run as me" }).click();
  await page.getByRole("navigation", { name: "How they stand" }).getByRole("link", { name: "Never published" }).click();
  assert.equal(new URL(page.url()).search, "?state=never&mine=runs");
  await page.waitForLoadState();
  assert.deepEqual(await page.locator("main tbody th a").allInnerTexts(), ["Every deal at all"]);
  const current = await page.locator(".filters [aria-current]").allInnerTexts();
  assert.deepEqual(current, ["Never published", "Run as me"]);
  await page.getByRole("link", { name: "Mine to manage" }).click();
  await page.getByText("None that you may see is like this.").waitFor();
  await page.getByRole("link", { name: "Show all that you may see" }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator("main tbody tr").count(), 2);
});

test("it is turned off from the list, and on through the page where one agrees", async () => {
  const { page } = await person("ana", { javaScript: false });
  await page.goto("/automations?mine=runs");
  const row = page.locator("main tbody tr", { hasText: "Large deals" });
  assert.match(await row.innerText(), /When a row of deals is added/);
  await row.getByRole("button", { name: "Turn off Large deals" }).click();
  await row.locator(".state", { hasText: "Off" }).waitFor();
  assert.equal(new URL(page.url()).search, "?mine=runs");
  await row.getByRole("link", { name: "Turn on Large deals" }).click();
  await page.getByRole("button", { name: "Agree and turn on" }).click();
  await page.locator(".head .state", { hasText: "On" }).waitFor();
});
