// Trying a draft: on what happened, as others, and what each cell opens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { found, made, plugged, press, text } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("small", {
  steps: [["row", "insert", "deals", "9", '{"title":"Ferry","amount":"90000.00","margin":"0.40"}', "--as", "user:ana"]],
});

/** Tries it on the row, and opens every cell. */
async function tried(page) {
  await page.getByLabel("Dataset and id").fill("deals/9");
  await press({ page }, "Try it");
  await page.getByRole("heading", { name: "What it would come to" }).waitFor();
  await page.locator("main details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
}

/** Asks for a row that is none. */
async function wrong(page) {
  await page.getByLabel("Dataset and id").fill("nine");
  await press({ page }, "Try it");
  await page.locator(".wrong").waitFor();
}

test("what it comes to and what is wrong keep what every page keeps", async () => {
  const ana = await person("ana");
  const at = await found(ana, "Large deals");
  await check(ana, `${at}/dry-run`, "dry-run-tried", { then: tried });
  await check(ana, `${at}/dry-run`, "dry-run-wrong", { then: wrong, allow: [/status of 422/] });
});

test("without JavaScript: a new draft is tried on what happened to others, and a cell opens what was asked", async () => {
  const ana = await person("ana", { javaScript: false });
  const { page } = ana;
  const at = await made(ana, "Never published");
  await plugged(ana, "new-opportunity");
  await page.getByLabel("Dataset of opportunities").selectOption("deals");
  await page.getByLabel("Least amount").fill("5.00");
  await page.getByLabel("When rows change").check();
  await page.getByLabel("In which dataset").selectOption("deals");
  await page.getByLabel("added").check();
  await press(ana, "Keep the draft");
  await page.goto(`${at}/dry-run`);
  await page.getByLabel("deals/9 (A row was added").check();
  await press(ana, "Try it");
  const cells = page.locator("table.matrix tbody td");
  assert.equal(await cells.count(), 3);
  await cells.first().locator("summary").first().click();
  assert.match(await cells.first().innerText(), /Found[^]*Ferry[^]*Condition: asked rows\.get: answered/);
  assert.match(await text(ana), /Nothing is carried out/);
});
