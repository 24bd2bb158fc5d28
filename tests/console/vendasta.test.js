// A site that governs its automations as Vendasta Partner Center does: permissions decide who turns on, who does consents each time, admins
// take over.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { count, found, head, notices, opened, press, says } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("vendasta", {
  steps: [
    ["grant", "remove", "user:ana", "update", "leads"],
    ["grant", "remove", "user:ana", "update", "offers"],
    ["grant", "add", "user:ana", "update", "offers"],
    ["automation", "publish", "Old deals", "--as", "user:ana"],
    ["automation", "migrate", "Old deals", "--as", "user:root"],
  ],
});

test("VEN-08: who lacks a permission is shown it when they take over, and nothing moves", async () => {
  const eve = await person("eve", { javaScript: false, allow: [/status of 403/] });
  const at = await opened(eve, "Big deals", "/consent");
  await says(eve, /change deals[^\n]*: no, you lack it/);
  await press(eve, "Take over: it runs as me");
  await says(eve, /Eve Admin|user:eve/);
  await says(eve, /may not change .?deals/);
  await eve.page.goto(at);
  assert.deepEqual(await head(eve), { state: "On", runsAs: "Ana Ferreira" });
});

test("VEN-09 VEN-10: what is lacking is shown when one turns it on, and in the automation itself", async () => {
  const ana = await person("ana", { javaScript: false, allow: [/status of 403/] });
  const at = await opened(ana, "Lost leads");
  await says(ana, /Ana Ferreira|user:ana/);
  await says(ana, /(may not|can no longer) change .?leads/);
  await check(ana, at, "vendasta-stopped");
  await ana.page.goto(`${at}/consent`);
  await press(ana, "Agree and turn on");
  await says(ana, /(may not|can no longer) change .?leads/);
  await ana.page.goto(at);
  assert.equal((await head(ana)).state, "Stopped");
  // Dan may see it, and knows nothing of leads: he is told no name.
  const dan = await person("dan", { javaScript: false });
  await dan.page.goto(at);
  await says(dan, /something that you may not know of/);
  assert.doesNotMatch((await dan.page.locator("main").innerText()).replaceAll("Lost leads", ""), /leads/);
});

test("VEN-11 VEN-12 VEN-15: each time that it is turned on one is asked, and who declines leaves it off", async () => {
  const ana = await person("ana", { javaScript: false });
  const at = await opened(ana, "Other deals");
  for (const _ of ["once", "and again"]) {
    await press(ana, "Turn off");
    assert.equal((await head(ana)).state, "Off");
    await ana.page.goto(`${at}/consent`);
    await says(ana, /If you agree, Other deals will act on your behalf/);
    await ana.page.getByRole("link", { name: "Not now" }).click();
    await ana.page.waitForURL(`**${at}`);
    assert.equal((await head(ana)).state, "Off");
    await ana.page.goto(`${at}/consent`);
    await press(ana, "Agree and turn on");
    assert.equal((await head(ana)).state, "On");
  }
});

test("VEN-13 VEN-15: each time that it is taken one is asked, and who declines takes nothing", async () => {
  const root = await person("root", { javaScript: false });
  const ana = await person("ana");
  const at = await opened(root, "Quiet deals", "/consent");
  await says(root, /If you take it over, Quiet deals will act on your behalf/);
  await root.page.getByRole("link", { name: "Not now" }).click();
  await root.page.waitForURL(`**${at}`);
  assert.deepEqual(await head(root), { state: "On", runsAs: "Ana Ferreira" });
  await check(root, `${at}/consent`, "vendasta-take");
  await root.page.goto(`${at}/consent`);
  await press(root, "Take over: it runs as me");
  assert.deepEqual(await head(root), { state: "On", runsAs: "Root Admin" });
  assert.match((await notices(ana))[0], /Quiet deals: it no longer runs as you/);
});

test("VEN-14: what ran in another product goes on unasked until it is off", async () => {
  const ana = await person("ana", { javaScript: false });
  const at = await opened(ana, "Old deals");
  assert.equal((await head(ana)).state, "On");
  await says(ana, /was taken over from another product/);
  await press(ana, "Turn off");
  assert.equal((await head(ana)).state, "Off");
  await ana.page.goto(`${at}/consent`);
  await says(ana, /If you agree, Old deals will act on your behalf/);
  await press(ana, "Agree and turn on");
  assert.equal((await head(ana)).state, "On");
});

test("VEN-19 VEN-20: every admin is told that it stopped, what failed, and where; whom it runs as is not", async () => {
  for (const who of ["root", "eve"]) {
    const admin = await person(who);
    const told = (await notices(admin)).filter((line) => /Lost leads/.test(line));
    assert.equal(told.length, 1, who);
    assert.match(told[0], /it was stopped: .*may not change .?leads/);
    await admin.page.getByRole("link", { name: "Lost leads" }).click();
    await admin.page.getByRole("heading", { level: 1, name: "Lost leads" }).waitFor();
    assert.equal((await head(admin)).state, "Stopped");
    await says(admin, /Nothing has run since/);
    await says(admin, /(may not|can no longer) change .?leads/);
  }
  const ana = await person("ana");
  assert.deepEqual((await notices(ana)).filter((line) => /stopped/.test(line)), []);
});

test("VEN-21: with the right back it stays stopped until it is turned on by hand, with consent", async () => {
  const ana = await person("ana", { javaScript: false });
  const at = await opened(ana, "Open offers");
  assert.equal((await head(ana)).state, "Stopped");
  await says(ana, /turn(ed)? (it )?on/i);
  await ana.page.goto(`${at}/consent`);
  await says(ana, /If you agree, Open offers will act on your behalf/);
  await press(ana, "Agree and turn on");
  assert.equal((await head(ana)).state, "On");
});

test("VEN-22 VEN-23: a person's page lists what runs on their behalf, and leads to taking it over", async () => {
  const fay = await person("fay", { javaScript: false });
  await fay.page.goto("/people");
  await fay.page.locator("main").getByRole("link", { name: "Ana Ferreira" }).click();
  await fay.page.getByRole("heading", { level: 1, name: "Ana Ferreira" }).waitFor();
  await says(fay, /What runs on their behalf/);
  const line = fay.page.getByRole("listitem").filter({ hasText: "Big deals" });
  assert.match(await line.innerText(), /Big deals On/);
  await check(fay, "/people/user:ana", "vendasta-person");
  await line.getByRole("link", { name: "Take over Big deals" }).click();
  await says(fay, /If you take it over, Big deals will act on your behalf/);
  await press(fay, "Take over: it runs as me");
  assert.deepEqual(await head(fay), { state: "On", runsAs: "Fay Lead" });
  await fay.page.goto("/people/user:ana");
  assert.equal(await count(fay, "link", "Big deals"), 0);
  await fay.page.goto("/people/user:fay");
  assert.equal(await count(fay, "link", "Big deals"), 1);
  // Who sees nobody's page is told that there is none; who may not take is offered nothing.
  const hal = await person("hal", { allow: [/status of 404/] });
  assert.equal((await hal.page.goto("/people/user:ana")).status(), 404);
  const ana = await person("ana");
  await ana.page.goto("/people/user:ana");
  assert.equal(await ana.page.getByRole("link", { name: /^Take over/ }).count(), 0);
  assert.ok(await found(ana, "Other deals"));
});
