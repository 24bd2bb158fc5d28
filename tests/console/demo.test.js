// `mandate demo --serve`: one command, and a console that is worth a look.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { demo } from "./support/world.js";

const { browser, person } = await demo();

test("everybody of the sales organisation can be picked", async () => {
  const { page } = await browser.nobody();
  await page.goto("/enter");
  // 64 people, of whom one is deactivated.
  assert.equal(await page.locator("button[name=person]").count(), 63);
});

test("one automation is on, the other waits for Inès, who agrees without JavaScript", async () => {
  const ines = await person("ines", { javaScript: false });
  const rows = async () => {
    await ines.page.goto("/automations");
    return (await ines.page.locator("tbody tr").allInnerTexts()).map((row) => row.split(/\s*\t\s*|\n/).slice(0, 2).join(": ")).sort();
  };
  assert.deepEqual(await rows(), ["Tell about big new opportunities: On", "Tell about half as big ones: Needs consent"]);
  await ines.page.getByRole("link", { name: "Tell about half as big ones", exact: true }).click();
  await ines.page.getByRole("link", { name: "Look at what it may do" }).click();
  await check(ines, new URL(ines.page.url()).pathname, "demo-consent");
  await ines.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ines.page.locator(".state.on").waitFor();
  assert.deepEqual(await rows(), ["Tell about big new opportunities: On", "Tell about half as big ones: On"]);
});

test("who was granted the role can make an automation", async () => {
  const { page } = await person("lukas");
  await page.goto("/automations/new");
  await page.getByLabel("What is it called?").fill("Mine");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("heading", { level: 1, name: "Mine" }).waitFor();
});
