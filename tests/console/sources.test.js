// Which systems say what happened.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** The secret that a page shows once. */
async function secret(page) {
  const note = page.getByRole("status");
  await note.getByText("It is not shown again.").waitFor();
  return note.locator("code").first().innerText();
}

test("a hook is made, rolled and removed, and a token is made and revoked, without JavaScript", async () => {
  const { page } = await person("cleo", { javaScript: false });
  await page.goto("/automations");
  await page.getByRole("link", { name: "Sources", exact: true }).click();
  const hooks = page.getByRole("region", { name: "Hooks" });
  await hooks.getByLabel("Name").fill("Payments");
  await hooks.getByLabel("Source").fill("/payments");
  await hooks.getByLabel("Type of its events").fill("com.acme.paid");
  await hooks.getByRole("button", { name: "Make a hook" }).click();
  const made = await secret(page);
  assert.match(made, /^whsec_/);
  await hooks.getByRole("button", { name: "Roll" }).click();
  assert.notEqual(await secret(page), made);
  await hooks.getByText("Secret before").waitFor();
  await hooks.getByRole("button", { name: "Remove" }).click();
  await hooks.getByText("There is none.").waitFor();
  const tokens = page.getByRole("region", { name: "Tokens" });
  await tokens.getByLabel("Name").fill("CRM");
  await tokens.getByLabel("Source").fill("/crm");
  await tokens.getByRole("button", { name: "Make a token" }).click();
  assert.match(await secret(page), /^mdt_/);
  await tokens.getByRole("button", { name: "Revoke" }).click();
  await tokens.getByText("There is none.").waitFor();
});

test("what is wrong is told beside its field, and what was typed is kept", async () => {
  const { page } = await person("cleo", { javaScript: false });
  await page.goto("/sources");
  const hooks = page.getByRole("region", { name: "Hooks" });
  await hooks.getByLabel("Name").fill("Payments");
  await hooks.getByLabel("Source").fill("a b");
  await hooks.getByRole("button", { name: "Make a hook" }).click();
  await hooks.getByRole("alert").getByText("a source is 1 to 100 letters").waitFor();
  assert.equal(await hooks.getByLabel("Name").inputValue(), "Payments");
});

test("the page keeps what every page keeps, empty and full", async () => {
  const cleo = await person("cleo");
  await check(cleo, "/sources", "sources-empty");
  const { page } = cleo;
  await page.goto("/sources");
  for (const [region, name, button] of [["Tokens", "CRM", "Make a token"], ["Hooks", "Payments", "Make a hook"]]) {
    const part = page.getByRole("region", { name: region });
    await part.getByLabel("Name").fill(name);
    await part.getByLabel("Source").fill(`/${name}`);
    await part.getByRole("button", { name: button }).click();
    await secret(page);
  }
  await check(cleo, "/sources", "sources");
});

test("who does not administer the site is not led there", async () => {
  const bo = await person("bo");
  await bo.page.goto("/automations");
  assert.equal(await bo.page.getByRole("link", { name: "Sources", exact: true }).count(), 0);
});
