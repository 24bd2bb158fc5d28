// Upload, see what it could ever ask for, agree, it runs as you, history as far as each may see it: two people in two browsers at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { guest } from "./support/files.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** Makes an automation of the plugin that is uploaded, up to the page where one agrees. */
async function published(ana, name) {
  const { page } = ana;
  await page.goto("/automations");
  await page.getByRole("link", { name: "New automation" }).click();
  await page.getByLabel("What is it called?").fill(name);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByLabel("Plugin").selectOption({ label: "new-opportunity 0.1.0" });
  await page.getByRole("button", { name: "Take this plugin" }).click();
  await page.getByLabel("Dataset of opportunities").selectOption("deals");
  await page.getByLabel("Least amount").fill("1000.00");
  await page.getByLabel("When rows change").check();
  await page.getByLabel("In which dataset").selectOption("deals");
  await page.getByLabel("updated").check();
  await page.getByLabel("Others, one on each line").fill("user:bo");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("heading", { name: "It may" }).waitFor();
  return new URL(page.url()).pathname.replace(/\/consent$/, "");
}

test("a plugin is uploaded, and shows what it could ever ask for before anything runs", async () => {
  const { page } = await person("ana");
  await page.goto("/plugins");
  await page.getByLabel("Upload a component").setInputFiles(guest("interpreter"));
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByRole("link", { name: "Look at what it could ask for" }).click();
  await page.getByRole("heading", { level: 1, name: /^interpreter/ }).waitFor();
  await page.goto("/plugins");
  await page.getByLabel("Upload a component").setInputFiles({ name: "x.wasm", mimeType: "application/wasm", buffer: Buffer.from("nothing") });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByText("Not taken.").waitFor();
});

test("an automation is made, tried, agreed to and taken over, without JavaScript", async () => {
  const ana = await person("ana", { javaScript: false });
  const bo = await person("bo", { javaScript: false });
  const at = await published(ana, "Larger deals");
  await ana.page.goto(`${at}/dry-run`);
  await ana.page.getByLabel("Dataset and id").fill("deals/1");
  await ana.page.getByRole("button", { name: "Try it" }).click();
  await ana.page.getByRole("heading", { name: "What it would come to" }).waitFor();
  await ana.page.goto(`${at}/consent`);
  assert.match(await ana.page.locator("main").innerText(), /will act on your behalf/);
  await ana.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ana.page.locator(".state", { hasText: "On" }).first().waitFor();

  // bo is told of it only once he is a manager, and then takes nothing over unawares.
  const hidden = await bo.page.goto(at);
  assert.equal(hidden.status(), 404);
  await ana.page.goto(`${at}/people`);
  await ana.page.locator("main").getByRole("link", { name: "Manage owners" }).last().click();
  await ana.page.getByLabel("By their ids, one on each line").fill("user:bo");
  await ana.page.getByRole("button", { name: "Done" }).click();
  await ana.page.getByText("user:bo").first().waitFor();
  await bo.page.goto(at);
  await bo.page.getByRole("heading", { level: 1, name: "Larger deals" }).waitFor();
});

test("what is changed while somebody looks at the consent page is shown, and nothing is given", async () => {
  const ana = await person("ana");
  const other = await person("ana");
  const at = await published(ana, "Raced deals");
  await other.page.goto(`${at}/setup`);
  await other.page.getByLabel("Least amount").fill("2.00");
  await other.page.getByRole("button", { name: "Publish" }).click();
  await other.page.getByRole("heading", { name: "It may" }).waitFor();
  await ana.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ana.page.getByRole("alert").getByText("changed meanwhile").waitFor();
  assert.match(await ana.page.locator(".state").first().innerText(), /Off/);
  await ana.page.getByRole("button", { name: "Agree and turn on" }).click();
  await ana.page.locator(".state", { hasText: "On" }).first().waitFor();
});

test("a draft that another overtook is refused and kept", async () => {
  const ana = await person("ana");
  const bo = await person("bo");
  await ana.page.goto("/search?q=Large deals");
  const at = await ana.page.locator('main a[href^="/automations/aut_"]').first().getAttribute("href");
  await ana.page.goto(`${at}/setup`);
  await ana.page.getByLabel("Least amount").fill("11.00");
  await ana.page.getByRole("button", { name: "Keep the draft" }).click();
  await bo.page.goto(`${at}/setup`);
  assert.notEqual(await bo.page.getByLabel("Least amount").inputValue(), "11.00", "a draft is its editor's alone");
  await bo.page.getByLabel("Least amount").fill("12.00");
  await bo.page.getByRole("button", { name: "Publish" }).click();
  await bo.page.getByRole("heading", { name: "It may" }).waitFor();
  await ana.page.goto(`${at}/setup`);
  await ana.page.getByRole("button", { name: "Publish" }).click();
  await ana.page.getByRole("alert").getByText("the draft was begun on").waitFor();
  assert.equal(await ana.page.getByLabel("Least amount").inputValue(), "11.00");
});
