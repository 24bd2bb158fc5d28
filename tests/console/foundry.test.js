// A site that governs its automations as Palantir Foundry does: the platform's own security, and who saves an edit owns it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { found, head, opened, press, says } from "./support/find.js";
import { world } from "./support/world.js";

const row = (id, cells) => ["row", "insert", "deals", id, JSON.stringify(cells), "--as", "user:root"];
const { person } = await world("foundry", {
  steps: [
    row("1", { title: "Northwind", amount: "5000.00", region: "emea" }),
    row("2", { title: "Southwind", amount: "6000.00", region: "amer" }),
  ],
});

/** The texts of links on a page. */
async function links({ page }, path, of) {
  await page.goto(path);
  return (await page.locator("main").locator(of).allInnerTexts()).sort();
}

test("FND-02: one sees only the automations that one can access", async () => {
  for (const who of ["ana", "bob", "vi", "dan"]) {
    assert.deepEqual(await links(await person(who, { javaScript: false }), "/automations", "tbody th a"), ["Big deals"], who);
  }
  const cy = await person("cy", { allow: [/status of 404/] });
  assert.deepEqual(await links(cy, "/automations", "tbody th a"), []);
  const at = await found(await person("ana"), "Big deals");
  for (const end of ["", "/setup", "/consent", "/people"]) assert.equal((await cy.page.goto(at + end)).status(), 404, end);
  assert.deepEqual(await links(cy, "/search?q=deals", 'a[href^="/automations/aut_"]'), []);
});

test("FND-13: who cannot see the object sees no activity at all, and who can sees theirs as ever", async () => {
  const [vi, dan] = [await person("vi"), await person("dan", { javaScript: false, allow: [/status of 404/] })];
  const messages = 'ul.inbox a[href^="/inbox/"]';
  assert.equal((await links(vi, "/inbox", messages)).length, 2);
  const [told, ...more] = await links(dan, "/inbox", messages);
  assert.match(told, /Northwind/);
  assert.deepEqual(more, []);
  const theirs = await links(vi, "/runs", "tbody th a");
  assert.equal(theirs.length, 2);
  assert.deepEqual(await links(dan, "/runs", "tbody th a"), theirs.filter((about) => /deals\/1/.test(about)));
  await vi.page.goto("/runs");
  const hidden = await vi.page.getByRole("link", { name: /deals\/2/ }).getAttribute("href");
  assert.equal((await dan.page.goto(hidden)).status(), 404);
  await check(dan, "/runs", "foundry-runs");
});

test("FND-18: publishing what another owns warns that it would move, and moves nothing by itself", async () => {
  const bob = await person("bob", { javaScript: false, allow: [/status of 4\d\d/] });
  const at = await opened(bob, "Big deals", "/setup");
  await bob.page.getByLabel("Least amount").fill("1234.00");
  await press(bob, "Publish");
  await says(bob, /moves it|in place of|Ana Ferreira[^]*Bob Lindgren/);
  await bob.page.goto(at);
  assert.deepEqual(await head(bob), { state: "On", runsAs: "Ana Ferreira" });
  const ana = await person("ana");
  await ana.page.goto(`${at}/setup`);
  assert.equal(await ana.page.getByLabel("Least amount").inputValue(), "1000.00");
});
