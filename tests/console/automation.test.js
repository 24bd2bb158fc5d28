// One automation.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** Opens the page of an automation from the list, as a person would. */
async function opened(somebody, name) {
  await somebody.page.goto("/automations");
  await somebody.page.getByRole("link", { name, exact: true }).click();
  await somebody.page.getByRole("heading", { level: 1, name }).waitFor();
  return new URL(somebody.page.url()).pathname;
}

test("the page keeps what every page keeps", async () => {
  const ana = await person("ana");
  await check(ana, await opened(ana, "Large deals"), "automation");
});

test("turned off, it says so, without JavaScript", async () => {
  const ana = await person("ana", { javaScript: false });
  await opened(ana, "Large deals");
  await ana.page.getByRole("button", { name: "Turn off" }).click();
  await ana.page.locator(".state").getByText("Off").waitFor();
  assert.equal(await ana.page.getByRole("button", { name: "Turn off" }).count(), 0);
});

test("who may not see it finds nothing there", async () => {
  const [ana, dan] = [await person("ana"), await person("dan")];
  const at = await opened(ana, "Large deals");
  await check(dan, at, "trouble", { status: 404 });
});

test("what happened names people and short versions, and the menu closes with Escape", async () => {
  const { page } = await person("bo");
  await page.goto("/automations");
  await page.getByRole("link", { name: "Large deals", exact: true }).click();
  const happened = (await page.locator(".timeline li").allInnerTexts()).map((line) => line.replace(/^.* ago /, ""));
  assert.ok(happened.some((line) => /^Mandate: Ana Ferreira lets version [0-9a-f]{8} act for them$/.test(line)), happened.join("\n"));
  const menu = page.locator("details.me");
  await menu.locator("summary").click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out" }).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.localName), "summary");
});
