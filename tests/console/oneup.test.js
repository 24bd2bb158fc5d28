// A site that governs its automations as OneUp does: a primary owner, co-owners with the same rights, View All and Edit All by role.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { count, found, head, listed, made, notices, opened, press, says } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("oneup");

/** The ids that are ticked, in order. */
const ticked = ({ page }) => page.locator('input[name="owner"]:checked').evaluateAll((all) => all.map((one) => one.value).sort());

/** Searches by name, with the keyboard. */
async function search({ page }, part) {
  const answered = page.waitForEvent("load");
  await page.getByLabel("Search people and teams").fill(part);
  await page.getByLabel("Search people and teams").press("Enter");
  await answered;
}

test("ONE-10: behind the settings icon is the way to manage owners", async () => {
  for (const javaScript of [true, false]) {
    const ana = await person("ana", { javaScript });
    const at = await opened(ana, "Big deals");
    // The icon is nothing to hear: its word is.
    await ana.page.locator("summary", { hasText: "Settings" }).click();
    await ana.page.getByRole("link", { name: "Manage owners" }).click();
    await ana.page.waitForURL(`**${at}/owners`);
    await ana.page.getByRole("group", { name: "Owners" }).waitFor();
    await check(ana, `${at}/owners`, "oneup-owners");
  }
});

test("ONE-11 ONE-12 ONE-13 ONE-14 ONE-15: owners are searched, chosen and removed together, and nothing applies before it is done", async () => {
  const ana = await person("ana", { javaScript: false });
  const [bob, cy] = [await person("bob"), await person("cy", { javaScript: false })];
  const at = await opened(ana, "Big deals", "/owners");
  await search(ana, "north");
  // A person and a team of that name, and nobody else.
  assert.equal(await ana.page.getByRole("group", { name: "Others" }).getByRole("checkbox").count(), 2);
  await ana.page.getByLabel("Bob North").check();
  await ana.page.getByLabel("North team:north").check();
  await search(ana, "dan");
  assert.deepEqual(await ticked(ana), ["team:north", "user:bob"]);
  await ana.page.getByLabel("Dan Osei").check();
  await search(ana, "nobody of that name");
  await says(ana, /Nobody else of that name whom you may see/);
  assert.deepEqual(await ticked(ana), ["team:north", "user:bob", "user:dan"]);
  // Ticked, searched and ticked: and nothing is so.
  assert.deepEqual(await listed(bob), []);
  assert.deepEqual(await notices(cy), []);
  await press(ana, "Done");
  assert.equal(new URL(ana.page.url()).pathname, `${at}/people`);
  // Each is told, once, be they named twice.
  for (const one of [bob, cy]) {
    assert.deepEqual(await listed(one), ["Big deals"]);
    assert.equal((await notices(one)).filter((line) => /Big deals: you manage it now/.test(line)).length, 1);
    await one.page.goto(`${at}/setup`);
    await one.page.getByLabel("Least amount").waitFor();
  }
  // Removed in the same place, all at once, and untold.
  await ana.page.goto(`${at}/owners`);
  assert.deepEqual(await ticked(ana), ["team:north", "user:bob", "user:dan"]);
  for (const name of ["Bob North", "North team:north", "Dan Osei"]) await ana.page.getByLabel(name).uncheck();
  await search(ana, "");
  assert.deepEqual(await ticked(ana), []);
  assert.deepEqual(await listed(cy), ["Big deals"]);
  await press(ana, "Done");
  for (const one of [bob, cy]) {
    assert.deepEqual(await listed(one), []);
    assert.equal((await notices(one)).length, 1);
  }
});

test("ONE-11 ONE-12: who leaves changes nothing, the primary owner cannot be unticked, and who is not there undoes all of it", async () => {
  const ana = await person("ana", { javaScript: false, allow: [/status of 422/] });
  const at = await opened(ana, "Middle deals", "/owners");
  const primary = ana.page.getByLabel("Ana Ferreira");
  assert.ok((await primary.isChecked()) && (await primary.isDisabled()));
  await says(ana, /it runs as them: hand it over first/);
  await ana.page.getByLabel("Cy Young").check();
  await ana.page.getByRole("link", { name: "Cancel" }).click();
  await says(ana, /Nobody else/);
  await ana.page.goto(`${at}/owners`);
  await ana.page.getByLabel("Cy Young").check();
  await ana.page.getByLabel("By their ids, one on each line").fill("user:nobody");
  await press(ana, "Done");
  await says(ana, /Nothing was changed: there is no .user:nobody./);
  assert.deepEqual(await ticked(ana), ["user:cy", "user:nobody"]);
  const cy = await person("cy");
  assert.deepEqual(await listed(cy), []);
});

test("ONE-17 ONE-20: View All opens all and changes nothing, but what one owns oneself", async () => {
  const vic = await person("vic", { allow: [/status of 40[34]/] });
  assert.deepEqual(await listed(vic), ["Big deals", "Middle deals", "Small deals"]);
  const at = await opened(vic, "Middle deals");
  await says(vic, /Read only/);
  for (const name of ["Turn off", "Run now", "End it for ever", "Rename"]) assert.equal(await count(vic, "button", name), 0, name);
  assert.equal(await count(vic, "link", "Set-up"), 0);
  assert.equal(await vic.page.locator("details.settings").count(), 0);
  for (const end of ["/setup", "/owners"]) assert.equal((await vic.page.goto(at + end)).status(), 404, end);
  await check(vic, at, "oneup-read-only");
  // Of Small deals they are a co-owner.
  await opened(vic, "Small deals");
  assert.doesNotMatch(await vic.page.locator(".head").innerText(), /Read only/);
  assert.equal(await count(vic, "button", "Turn off"), 1);
  await vic.page.getByRole("link", { name: "Set-up" }).click();
  await vic.page.getByLabel("Least amount").waitFor();
});

test("ONE-18: Edit All edits, renames, turns off, shares and deletes any, and consents to none", async () => {
  const ed = await person("ed", { javaScript: false });
  const ana = await person("ana");
  const at = await opened(ed, "Middle deals", "/setup");
  await ed.page.getByLabel("Least amount").fill("101.00");
  await press(ed, "Publish");
  assert.deepEqual(await head(ed), { state: "Needs consent", runsAs: "Ana Ferreira" });
  assert.equal(await count(ed, "button", "Agree and turn on"), 0);
  await ed.page.goto(`${at}/people`);
  await ed.page.getByLabel("Another name").fill("Medium deals");
  await press(ed, "Rename");
  await ed.page.getByRole("heading", { level: 1, name: "Medium deals" }).waitFor();
  await ed.page.goto(`${at}/owners`);
  await ed.page.getByLabel("By their ids, one on each line").fill("user:cy");
  await press(ed, "Done");
  await says(ed, /Cy Young/);
  await ed.page.goto(at);
  await press(ed, "Turn off");
  assert.equal((await head(ed)).state, "Off");
  await ana.page.goto(`${at}/consent`);
  await press(ana, "Agree and turn on");
  assert.equal((await head(ana)).state, "On");
  await ed.page.goto(`${at}/people`);
  await ed.page.locator("summary", { hasText: "End it for ever" }).click();
  await press(ed, "End it for ever");
  assert.equal((await head(ed)).state, "Deleted");
});

test("ONE-19: without Edit All one manages what is shared with one and what one made, and sees nothing else", async () => {
  const dan = await person("dan", { javaScript: false, allow: [/status of 404/] });
  const ana = await person("ana");
  // Who makes one owns it, without any role.
  await made(dan, "Dan's deals");
  assert.match((await head(dan)).state, /^Never (published|turned on)$/);
  assert.equal((await head(dan)).runsAs, "Dan Osei");
  assert.deepEqual(await listed(dan), ["Dan's deals", "Small deals"]);
  const other = await found(ana, "Big deals");
  for (const end of ["", "/setup", "/owners"]) assert.equal((await dan.page.goto(other + end)).status(), 404, end);
  const at = await opened(dan, "Small deals", "/people");
  await dan.page.getByLabel("Another name").fill("Small ones");
  await press(dan, "Rename");
  await dan.page.goto(at);
  await press(dan, "Turn off");
  assert.equal((await head(dan)).state, "Off");
});

test("ONE-23: a hint recommends owners to Edit All, where owners are named and where roles are given", async () => {
  const hint = /For one automation, name its owners: a role that gives “edit-all” lets people change every automation/;
  const ana = await person("ana");
  await opened(ana, "Big deals", "/owners");
  await says(ana, hint);
  const root = await person("root");
  await root.page.goto("/policy");
  await says(root, hint);
});
