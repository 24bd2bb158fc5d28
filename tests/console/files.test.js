// A site that governs its automations as Files.com does: who administers every folder that an automation touches may do everything with it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { count, head, opened, post, press, runs, says } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("files", {
  steps: [["row", "insert", "inbox", "1", '{"title":"Invoice","amount":"5000.00"}', "--as", "user:fay"]],
});

test("FIL-15: who sees an automation does not see what ran", async () => {
  const [fay, fin] = [await person("fay"), await person("fin", { javaScript: false, allow: [/status of 404/] })];
  const at = await opened(fay, "Sort");
  const [[about, run], ...more] = await runs(fay, at);
  assert.match(about, /inbox\/1/);
  assert.deepEqual(more, []);
  // Fin administers the inbox, so he may do everything with it but look into its log.
  assert.equal(await opened(fin, "Sort"), at);
  assert.equal(await count(fin, "link", "Set-up"), 1);
  assert.deepEqual(await runs(fin, at), []);
  assert.equal((await fin.page.goto(run)).status(), 404);
  // Root holds the right to it.
  assert.deepEqual(await runs(await person("root"), at), [[about, run]]);
});

test("FIL-23: editing starts from the home page by the automation's own", async () => {
  const fay = await person("fay", { javaScript: false });
  await fay.page.goto("/");
  await fay.page.locator("main").getByRole("link", { name: "Move", exact: true }).click();
  await fay.page.getByRole("link", { name: "Set-up" }).click();
  assert.equal(await fay.page.getByLabel("Least amount").inputValue(), "1000.00");
  await check(fay, new URL(fay.page.url()).pathname, "files-setup");
  await fay.page.getByLabel("Least amount").fill("1500.00");
  await press(fay, "Publish");
  await says(fay, /1500\.00/);
});

test("FIL-25: it is turned off and on from the status column of the list", async () => {
  const fay = await person("fay", { javaScript: false });
  await fay.page.goto("/automations");
  const row = fay.page.locator("main tbody tr", { hasText: "Move" });
  await row.getByRole("button", { name: "Turn off Move" }).click();
  await row.locator(".state", { hasText: "Off" }).waitFor();
  await row.getByRole("link", { name: "Turn on Move" }).click();
  await press(fay, "Agree and turn on");
  assert.equal((await head(fay)).state, "On");
});

test("FIL-25 FIL-26 FIL-27: it is turned off and on from its page; off, nothing runs it, by whatever it is started", async () => {
  const fay = await person("fay", { allow: [/status of 40[39]/] });
  const at = await opened(fay, "Tidy");
  await press(fay, "Turn off");
  assert.equal((await head(fay)).state, "Off");
  assert.equal(await count(fay, "button", "Run now"), 0);
  assert.match(await post(fay, `${at}/run-now`), /^403 .*The automation is off/);
  assert.deepEqual(await runs(fay, at), []);
  for (const _ of ["at once", "and any time"]) {
    await fay.page.goto(`${at}/consent`);
    await press(fay, "Agree and turn on");
    assert.equal((await head(fay)).state, "On");
    await press(fay, "Turn off");
    assert.equal((await head(fay)).state, "Off");
  }
});

test("FIL-28 FIL-29: a copy is customised, and is off until it is turned on", async () => {
  const fay = await person("fay", { javaScript: false });
  const original = await opened(fay, "Sort", "/people");
  await fay.page.getByLabel("A copy").fill("Sort more");
  await press(fay, "Copy");
  await fay.page.getByRole("heading", { level: 1, name: "Sort more" }).waitFor();
  const at = new URL(fay.page.url()).pathname.replace(/\/setup$/, "");
  assert.notEqual(at, original);
  assert.match((await head(fay)).state, /^Never (published|turned on)$/);
  assert.equal((await head(fay)).runsAs, "Fay Folders");
  assert.equal(await fay.page.getByLabel("Least amount").inputValue(), "1000.00");
  await fay.page.getByLabel("Least amount").fill("9.00");
  await press(fay, "Publish");
  await says(fay, /9\.00/);
  assert.notEqual((await head(fay)).state, "On");
  await press(fay, "Agree and turn on");
  assert.equal((await head(fay)).state, "On");
  await fay.page.goto(`${original}/setup`);
  assert.equal(await fay.page.getByLabel("Least amount").inputValue(), "1000.00");
});

test("FIL-30: it is run by hand, at once, only while it is on", async () => {
  const fay = await person("fay", { allow: [/status of 40[39]/] });
  const at = await opened(fay, "Move");
  const before = await runs(fay, at);
  await fay.page.goto(`${at}/consent`);
  // Published otherwise meanwhile, it may wait for consent.
  if (await count(fay, "button", "Agree and turn on")) await press(fay, "Agree and turn on");
  await fay.page.goto(at);
  await press(fay, "Run now");
  assert.equal((await runs(fay, at)).length, before.length + 1);
  await fay.page.goto(at);
  await press(fay, "Turn off");
  assert.equal(await count(fay, "button", "Run now"), 0);
  assert.match(await post(fay, `${at}/run-now`), /^403 .*The automation is off/);
  assert.equal((await runs(fay, at)).length, before.length + 1);
});

test("FIL-31: deleted, it is off for ever, and nothing brings it back", async () => {
  const fay = await person("fay", { allow: [/status of 40[39]/] });
  const at = await opened(fay, "Move", "/people");
  await fay.page.locator("summary", { hasText: "End it for ever" }).click();
  await says(fay, /It never runs or changes again/);
  await press(fay, "End it for ever");
  assert.equal((await head(fay)).state, "Deleted");
  for (const name of ["Turn off", "Run now"]) assert.equal(await count(fay, "button", name), 0, name);
  for (const end of ["/disable", "/run-now", "/delete"]) assert.match(await post(fay, at + end), /^409 .*deleted, which is final/, end);
  await fay.page.goto("/automations");
  assert.equal(await fay.page.locator("main").getByRole("link", { name: "Move", exact: true }).count(), 0);
  const mo = await person("mo");
  await mo.page.goto("/automations");
  await says(mo, /Nothing here that you may see/);
});

test("FIL-21 FIL-24: who modifies it is whom it runs as then, once they confirmed that and what it reaches as them", async () => {
  const fin = await person("fin", { javaScript: false, allow: [/status of 409/] });
  const at = await opened(fin, "Tidy", "/setup");
  assert.equal((await head(fin)).runsAs, "Fay Folders");
  await says(fin, /In this site publishing moves it/);
  await fin.page.getByLabel("Least amount").fill("3000.00");
  await press(fin, "Publish");
  await says(fin, /This makes it run as you, in place of Fay Folders/);
  // FIL-21: what it would reach with his rights is said before.
  await says(fin, /If it ran as you, its reach would stay as it is/);
  assert.equal((await head(fin)).runsAs, "Fay Folders");
  await press(fin, "Publish: it runs as me");
  await fin.page.goto(at);
  assert.equal((await head(fin)).runsAs, "Fin Inbox");
  await fin.page.goto(`${at}/setup`);
  assert.equal(await fin.page.getByLabel("Least amount").inputValue(), "3000.00");
});
