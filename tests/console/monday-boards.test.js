// A site that governs its automations as monday.com does: boards and columns that one may not use, when one sets an automation up and when one
// looks back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { count, found, made, opened, plugged, press, runs, says, saysNot } from "./support/find.js";
import { world } from "./support/world.js";

const row = (dataset, id, cells) => ["row", "insert", dataset, id, JSON.stringify(cells), "--as", "user:root"];
const { person } = await world("monday", {
  plugins: ["new-opportunity", "action-only"],
  steps: [
    row("deals", "1", { title: "Northwind", amount: "5000.00", region: "emea" }),
    row("deals", "2", { title: "Southwind", amount: "6000.00", region: "amer" }),
    row("leads", "7", { title: "Eastwind", amount: "5000.00" }),
    row("hr", "9", { title: "Nora", amount: "5000.00" }),
    ["grant", "remove", "user:bob", "read", "leads"],
    ["grant", "remove", "user:ana", "read", "hr"],
  ],
});

/** What a picker offers, in order; what is grey in brackets. */
async function offered({ page }, label) {
  const options = page.getByLabel(label, { exact: true }).locator("option");
  return options.evaluateAll((all) => all.map((one) => (one.disabled ? `[${one.label}]` : one.label)));
}

test("MON-20: the setting of a column that one may not set is grey and does not open", async () => {
  const [ana, bob] = [await person("ana"), await person("bob", { javaScript: false })];
  const at = await opened(bob, "Set status", "/setup");
  const column = ({ page }) => page.getByLabel("Column to set");
  assert.ok(await column(bob).isDisabled());
  assert.match(await column(bob).locator("option:checked").innerText(), /^status \(you may see it, not set it\)$/);
  await says(bob, /You cannot change this: you may see it, not set it/);
  await check(bob, `${at}/setup`, "monday-grey-column");
  await ana.page.goto(`${at}/setup`);
  assert.ok(await column(ana).isEnabled());
  // Of one's own, the column is offered in grey among the others.
  await made(bob, "Bob's", { workspace: "sales" });
  await plugged(bob, "action-only");
  await bob.page.getByLabel("Dataset (needed)", { exact: true }).selectOption("deals");
  await press(bob, "Take this plugin");
  const columns = await offered(bob, "Column to set (needed)");
  assert.deepEqual(columns, ["Choose one", "title", "amount", "margin", "[status (you may see it, not set it)]", "region"]);
});

test("MON-22: the selector of a board that one may not use is grey, and does not say which it is", async () => {
  const bob = await person("bob", { javaScript: false });
  const at = await opened(bob, "Back office", "/setup");
  const closed = bob.page.getByLabel("What it works with");
  assert.ok(await closed.isDisabled());
  assert.equal(await closed.locator("option").innerText(), "something that you may not know of");
  await says(bob, /You cannot edit it/);
  assert.doesNotMatch(await bob.page.content(), /\bhr\b/);
  for (const name of ["Publish", "Keep the draft"]) assert.equal(await count(bob, "button", name), 0, name);
  await check(bob, `${at}/setup`, "monday-grey-board");
});

test("MON-22 MON-24: boards are offered of workspaces that one can access, in grey what one may not use", async () => {
  const [cy, dan] = [await person("cy", { javaScript: false }), await person("dan", { javaScript: false })];
  await made(cy, "Cy's", { workspace: "sales" });
  await plugged(cy, "new-opportunity");
  // Cy may read hr, which lies in a workspace of others, and administers vault, which he may not read.
  const all = ["Choose one", "deals", "leads", "[vault (you may not read it)]"];
  for (const label of ["Dataset of opportunities (needed)", "In which dataset"]) assert.deepEqual(await offered(cy, label), all);
  await cy.page.getByLabel("Dataset of opportunities").selectOption("leads");
  await cy.page.getByLabel("Least amount").fill("1.00");
  await cy.page.getByLabel("By the clock").check();
  await cy.page.getByLabel("Minute, hour, day, month, weekday").fill("0 9 * * MON");
  await press(cy, "Keep the draft");
  await check(cy, new URL(cy.page.url()).pathname, "monday-pickers");
  // Dan may read leads, but not look into Sales.
  await made(dan, "Dan's");
  await plugged(dan, "new-opportunity");
  assert.deepEqual(await offered(dan, "In which dataset"), ["Choose one", "deals"]);
});

test("MON-21 MON-27: history shows that it ran, and of what each who looks may see", async () => {
  const [ana, bob, cy] = [await person("ana"), await person("bob", { javaScript: false }), await person("cy")];
  const at = await found(bob, "Big deals");
  const [south, north] = await runs(ana, at);
  assert.match(south[0], /deals\/2/);
  const theirs = await runs(bob, at);
  assert.deepEqual(theirs.map(([, href]) => href), [south[1], north[1]]);
  assert.doesNotMatch(theirs[0][0], /deals/);
  assert.match(theirs[1][0], /deals\/1/);
  await bob.page.goto(south[1]);
  await says(bob, /not shown: it depends on what you may not see/);
  await saysNot(bob, /Southwind|review|amer|deals\/2/);
  await check(bob, south[1], "monday-run-hidden");
  for (const one of [ana, cy]) {
    await one.page.goto(south[1]);
    assert.match(await one.page.content(), /Southwind/);
  }
});

test("MON-23: history shows that it ran, without a board that one may not use any more", async () => {
  const [bob, cy] = [await person("bob", { javaScript: false }), await person("cy")];
  const at = await found(cy, "Lead watch");
  const [[, run]] = await runs(cy, at);
  assert.equal((await runs(bob, at)).length, 1);
  await bob.page.goto(run);
  await says(bob, /not shown: it depends on what you may not see/);
  await saysNot(bob, /Eastwind|leads|review/);
  await cy.page.goto(run);
  assert.match(await cy.page.content(), /Eastwind/);
});

test("MON-25: a step that one may not see keeps one from editing, whatever one sends", async () => {
  const bob = await person("bob", { allow: [/status of (403|422)/] });
  const at = await opened(bob, "Back office", "/setup");
  const plugin = await bob.page.evaluate(async () => {
    const plugins = await (await fetch("/api/v1/plugins")).json();
    return JSON.stringify(plugins).match(/sha256:[0-9a-f]{64}/)[0];
  });
  const told = await bob.page.evaluate(
    async ({ at, plugin }) => {
      const fields = { plugin, "setting.dataset": "deals", "setting.threshold": "1.00", "setting.column": "title", "setting.value": "x" };
      const heard = { "trigger.on": "row", "trigger.dataset": "deals", "trigger.change": "added", do: "publish" };
      const csrf = document.querySelector('input[name="csrf"]').value;
      const answer = await fetch(`${at}/setup`, { method: "POST", body: new URLSearchParams({ ...fields, ...heard, csrf }) });
      return `${answer.status} ${await answer.text()}`;
    },
    { at, plugin },
  );
  assert.match(told, /^4\d\d /);
  assert.match(told, /something that you may not know of/);
  assert.doesNotMatch(told, /\bhr\b/);
});

test("MON-26: of what lies in a workspace of others, history tells not even the name, once one has no access", async () => {
  const cy = await person("cy");
  const at = await found(cy, "Back office");
  const [[, run]] = await runs(cy, at);
  for (const who of ["bob", "ana"]) {
    const one = await person(who, { javaScript: false });
    await one.page.goto(run);
    await says(one, /not shown: it depends on what/);
    await saysNot(one, /Nora|\bhr\b|\bBack\b(?! office)/);
  }
  await cy.page.goto(run);
  assert.match(await cy.page.content(), /Nora/);
});
