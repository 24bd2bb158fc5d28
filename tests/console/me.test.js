// What runs and reads as oneself, and the way out of each.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small");

const section = (page, name) => page.locator(`section[aria-labelledby="${name}"]`);

test("the page keeps what every page keeps", async () => {
  await check(await person("ana"), "/me", "me");
  await check(await person("dan"), "/me", "me-none");
});

test("without JavaScript: one opts out of what reads as one, and nobody else can tell", async () => {
  const [ana, bo] = [await person("ana", { javaScript: false }), await person("bo", { javaScript: false })];
  await bo.page.goto("/me");
  const row = section(bo.page, "reads-as").locator("tbody tr", { hasText: "Large deals" });
  assert.match(await row.innerText(), /You are a recipient/);
  await ana.page.goto("/search?q=Large");
  const at = await ana.page.locator('main a[href^="/automations/aut_"]').first().getAttribute("href");
  const seen = async () => {
    await ana.page.goto(`${at}/people`);
    return ana.page.locator("main").innerText();
  };
  const before = await seen();
  await row.getByRole("button", { name: "Opt out" }).click();
  await row.locator(".state", { hasText: "Opted out" }).waitFor();
  assert.equal(await seen(), before);
  await row.getByRole("button", { name: "Tell me as it comes" }).click();
  await row.locator(".state", { hasText: "As it comes" }).waitFor();
});

test("without JavaScript: one takes back one's consent to what runs as one", async () => {
  const { page } = await person("ana", { javaScript: false });
  await page.goto("/me");
  const row = section(page, "runs-as").locator("tbody tr", { hasText: "Large deals" });
  await row.locator(".state", { hasText: "On" }).waitFor();
  await row.getByRole("button", { name: "Take my consent back" }).click();
  await page.goto("/me");
  assert.equal(await row.getByRole("button", { name: "Take my consent back" }).count(), 0);
});
