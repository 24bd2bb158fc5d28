// Signing in: in the demo, one picks who one is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { browser, person } = await world("small");

test("the page keeps what every page keeps", async () => {
  await check(await browser.nobody(), "/enter", "enter");
});

test("everybody of the site can be picked, and is called by their name", async () => {
  const { page } = await browser.nobody();
  await page.goto("/");
  const people = page.getByRole("button");
  assert.deepEqual((await people.allInnerTexts()).map((text) => text.split(/\s*user:/)[0]), ["Ana Ferreira", "Bo Lindgren", "Cleo Martin", "Dan Osei"]);
});

for (const javaScript of [true, false]) {
  test(`one comes in and goes out again, JavaScript ${javaScript}`, async () => {
    const { page } = await person("bo", { javaScript });
    assert.equal(await page.locator("details.me summary").innerText(), "Bo Lindgren");
    await page.locator("details.me summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/left");
    await page.goto("/automations");
    assert.match(page.url(), /\/enter\?to=%2Fautomations$/);
  });
}
