// What makes an automation run as somebody else asks first, says from whom to whom, and keeps what was typed (FND-18).

import assert from "node:assert/strict";
import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { accessibility } from "./support/accessibility.js";
import { NARROW } from "./support/browser.js";
import { check } from "./support/check.js";
import { shots, tests } from "./support/files.js";
import { sideways } from "./support/narrow.js";
import { world } from "./support/world.js";

/** The small world, in which bo changes deals too, and nearly every act makes an automation run as who does it. */
async function moving(folder) {
  await cp(join(tests, "worlds", "small"), folder, { recursive: true });
  const file = join(folder, "fixture.toml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace('to = "user:bo"\ndataset = "deals"\nrights = ["read"]', 'to = "user:bo"\ndataset = "deals"\nrights = ["read", "update"]'));
  await appendFile(file, '\n[governance]\npreset = "mandate"\nsettings.acquire_on = ["create", "toggle", "rename", "save"]\n');
}

const { person } = await world(moving);

async function found(somebody, name) {
  await somebody.page.goto("/automations");
  return somebody.page.getByRole("link", { name, exact: true }).getAttribute("href");
}

const runsAs = ({ page }) => page.locator(".head strong").first().innerText();

test("a name is kept while one is asked, without JavaScript; left, nothing moved", async () => {
  const bo = await person("bo", { javaScript: false, allow: [/409/] });
  const at = await found(bo, "Large deals");
  await bo.page.goto(`${at}/people`);
  await bo.page.getByLabel("Another name").fill("Huge deals");
  await bo.page.getByRole("button", { name: "Rename" }).click();
  const asks = bo.page.getByRole("alert");
  await asks.getByText("This makes it run as you, in place of Ana Ferreira.").waitFor();
  assert.match(await bo.page.locator("main").innerText(), /exactly this acts on your behalf/);
  assert.equal(await runsAs(bo), "Ana Ferreira");
  await bo.page.getByRole("link", { name: "Leave it as it is" }).click();
  await bo.page.getByRole("heading", { level: 1, name: "Large deals" }).waitFor();
  assert.equal(await runsAs(bo), "Ana Ferreira");
  await bo.page.getByLabel("Another name").fill("Huge deals");
  await bo.page.getByRole("button", { name: "Rename" }).click();
  await bo.page.getByRole("button", { name: "Call it “Huge deals”: it runs as me" }).click();
  await bo.page.getByRole("heading", { level: 1, name: "Huge deals" }).waitFor();
  assert.equal(await runsAs(bo), "Bo Lindgren");
});

test("what is published by it is shown, on a page that is fit to be read by everybody", async () => {
  const ana = await person("ana", { allow: [/409/] });
  const bo = await person("bo");
  const at = await found(bo, "Huge deals");
  await bo.page.goto(`${at}/owners`);
  await bo.page.getByLabel("By their ids, one on each line").fill("user:ana");
  await bo.page.getByRole("button", { name: "Done" }).click();
  await bo.page.getByText("user:ana").first().waitFor();
  await ana.page.goto(`${at}/setup`);
  await ana.page.getByText("In this site publishing moves it.").waitFor();
  await ana.page.getByLabel("Least amount").fill("77.00");
  await ana.page.getByRole("button", { name: "Publish" }).click();
  await ana.page.getByRole("alert").getByText("in place of Bo Lindgren").waitFor();
  assert.match(await ana.page.locator("main pre").innerText(), /77\.00/);
  for (const colorScheme of ["light", "dark"]) {
    await ana.page.emulateMedia({ colorScheme });
    assert.deepEqual(await accessibility(ana.page), [], colorScheme);
  }
  await ana.page.screenshot({ path: join(shots, "confirm.dark.png"), fullPage: true });
  await ana.page.setViewportSize(NARROW);
  assert.deepEqual(await sideways(ana.page), []);
  await ana.page.getByRole("button", { name: "Publish: it runs as me" }).click();
  await ana.page.getByText("You agreed to this").waitFor();
  assert.equal(await runsAs(ana), "Ana Ferreira");
  // The consent page says so before the button is pressed.
  await bo.page.goto(`${at}/consent`);
  await ana.page.goto("/automations");
  await check(ana, `${at}/consent`, "confirm-consent");
});
