// A page that is open shows what somebody else did, without being loaded again; who may not see it is not even told that something was.

import assert from "node:assert/strict";
import { test } from "node:test";

import { world } from "./support/world.js";

const { person } = await world("small", {
  steps: [["row", "insert", "deals", "9", '{"title":"Ferry","amount":"90000.00"}', "--as", "user:ana"]],
});

/** Runs `Large deals` by hand. */
async function runs({ page }) {
  await page.goto("/search?q=Large");
  await page.locator('main a[href^="/automations/aut_"]').first().click();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("heading", { level: 1, name: "Large deals" }).waitFor();
}

/** How often a page asks for itself from now on. */
function fetches(page, path) {
  const counted = { times: 0 };
  page.on("request", (request) => (counted.times += new URL(request.url()).pathname === path ? 1 : 0));
  return counted;
}

const rows = (page) => page.locator("main tbody tr");

test("a run of somebody else appears where one looks, the focus stays, and who may see nothing hears nothing", async () => {
  const [ana, bo, dan] = [await person("ana"), await person("bo"), await person("dan")];
  // Listening begins before anything happens.
  const listens = ({ page }) => page.waitForResponse((answer) => answer.url().includes("/api/v1/live"));
  await Promise.all([listens(ana), ana.page.goto("/runs")]);
  await Promise.all([listens(dan), dan.page.goto("/runs")]);
  const asked = fetches(dan.page, "/runs");
  const before = await rows(ana.page).count();
  const link = ana.page.locator("main tbody th a").last();
  await link.focus();
  const at = await link.getAttribute("href");
  for (const more of [1, 2]) {
    await runs(bo);
    await rows(ana.page).nth(before + more - 1).waitFor();
  }
  assert.equal(await ana.page.evaluate(() => document.activeElement.getAttribute("href")), at);
  assert.equal(asked.times, 0, "dan's page was told nothing");
  assert.equal(await rows(dan.page).count(), 0);
  // A reload shows the same.
  const shown = await rows(ana.page).locator("th").allInnerTexts();
  await ana.page.reload();
  assert.deepEqual(await rows(ana.page).locator("th").allInnerTexts(), shown);
  for (const somebody of [ana, bo, dan]) assert.deepEqual(somebody.complaints, []);
});

test("without JavaScript a reload shows the same", async () => {
  const [ana, plain] = [await person("ana"), await person("ana", { javaScript: false })];
  for (const { page } of [ana, plain]) await page.goto("/runs");
  const texts = ({ page }) => rows(page).locator("th").allInnerTexts();
  assert.deepEqual(await texts(plain), await texts(ana));
});

test("an inbox in one window follows what is done in another", async () => {
  const [one, other] = [await person("ana"), await person("ana")];
  await Promise.all([one.page.waitForResponse((answer) => answer.url().includes("/api/v1/live")), one.page.goto("/inbox")]);
  await one.page.locator("ul.inbox li.unread").waitFor();
  await other.page.goto("/inbox");
  await other.page.locator("ul.inbox a").first().click();
  await other.page.getByRole("button", { name: "I read it" }).click();
  await one.page.locator("ul.inbox li:not(.unread)").waitFor();
  assert.deepEqual(one.complaints, []);
});
