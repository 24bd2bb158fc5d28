// The versions of an automation, and the way back to one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** The address of the page of an automation, as the list has it. */
async function found(somebody, name) {
  await somebody.page.goto("/automations");
  return somebody.page.getByRole("link", { name, exact: true }).getAttribute("href");
}

/** Publishes with another least amount. */
async function publish({ page }, at, amount) {
  await page.goto(`${at}/setup`);
  await page.getByLabel("Least amount").fill(amount);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("heading", { name: "It may" }).waitFor();
}

const headings = ({ page }) => page.locator("main section h2").allInnerTexts();

test("each version is listed with what it changed, and the page keeps what every page keeps", async () => {
  const ana = await person("ana");
  const at = await found(ana, "Every deal at all");
  await publish(ana, at, "2.00");
  await publish(ana, at, "3.00");
  await check(ana, `${at}/versions`, "versions");
  await ana.page.goto(`${at}/versions`);
  assert.deepEqual(await headings(ana), ["Version 2 live", "Version 1"]);
  const [second] = await ana.page.locator("main section").allInnerTexts();
  assert.match(second, /Published by Ana Ferreira,/);
  assert.match(second, /other settings: .*3\.00/);
});

test("one goes back to a version without JavaScript, and it waits for consent", async () => {
  const ana = await person("ana", { javaScript: false });
  const at = await found(ana, "Large deals");
  await publish(ana, at, "20000.00");
  await ana.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ana.page.goto(`${at}/versions`);
  await ana.page.getByRole("button", { name: "Roll back to version 1" }).click();
  await ana.page.getByRole("heading", { name: "It may" }).waitFor();
  assert.equal(await ana.page.locator(".head .state").innerText(), "Needs consent");
  await ana.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ana.page.locator(".head .state", { hasText: "On" }).waitFor();
  await ana.page.goto(`${at}/versions`);
  assert.deepEqual(await headings(ana), ["Version 3 live", "Version 2", "Version 1"]);
  assert.equal(await ana.page.getByRole("button", { name: /^Roll back/ }).count(), 1, "the first says what is live");
});

test("two at once: who looked at what was live before is told, and decides again", async () => {
  const [ana, bo] = [await person("ana", { allow: [/422/] }), await person("bo", { javaScript: false, allow: [/409/] })];
  const at = await found(ana, "Large deals");
  await bo.page.goto(`${at}/versions`);
  const before = (await headings(bo)).length;
  // What she changed last she rolled back: her draft was begun on that, so she is told, and publishes nevertheless.
  await ana.page.goto(`${at}/setup`);
  await ana.page.getByLabel("Least amount").fill("30000.00");
  await ana.page.getByRole("button", { name: "Publish" }).click();
  await ana.page.getByRole("alert").getByText("the draft was begun on another version").waitFor();
  await ana.page.getByRole("button", { name: "Publish" }).click();
  await ana.page.getByRole("heading", { name: "It may" }).waitFor();
  await bo.page.getByRole("button", { name: "Roll back to version 2" }).click();
  await bo.page.getByRole("alert").getByText("another version was published meanwhile").waitFor();
  assert.equal((await headings(bo)).length, before + 1);
  await ana.page.goto(`${at}/versions`);
  assert.equal((await headings(ana))[0], `Version ${before + 1} live`);
  await bo.page.getByRole("button", { name: "Roll back to version 2" }).click();
  await bo.page.getByRole("heading", { name: "It may" }).waitFor();
  await ana.page.goto(`${at}/versions`);
  const [first] = await ana.page.locator("main section").allInnerTexts();
  assert.match(first, /Published by Bo Lindgren,/);
});
