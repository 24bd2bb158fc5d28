// An offer in two browsers: whom it runs as offers it, who gets it looks at what it may do and accepts, declines, or finds it withdrawn.

import assert from "node:assert/strict";
import { appendFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { accessibility } from "./support/accessibility.js";
import { NARROW } from "./support/browser.js";
import { check } from "./support/check.js";
import { count, head, made, notices, opened, plugged, press, says, saysNot } from "./support/find.js";
import { tests } from "./support/files.js";
import { sideways } from "./support/narrow.js";
import { world } from "./support/world.js";

/** The small world, and eve, who may do with deals what ana may. */
async function withEve(folder) {
  await cp(join(tests, "worlds", "small"), folder, { recursive: true });
  const eve = '[[people]]\nid = "eve"\nname = "Eve Moreau"\n[[roles]]\nto = "user:eve"\nrole = "member"\n';
  const grants = '[[grants]]\nto = "user:eve"\ndataset = "deals"\nrights = ["read", "create", "update", "remove"]\n';
  await appendFile(join(folder, "fixture.toml"), `\n${eve}${grants}`);
}

const { person } = await world(withEve);

/** An automation of ana's that tells nobody and may be seen by her alone. */
async function published(ana, name) {
  const at = await made(ana, name);
  await plugged(ana, "new-opportunity");
  await ana.page.getByLabel("Dataset of opportunities").selectOption("deals");
  await ana.page.getByLabel("Least amount").fill("1000.00");
  await ana.page.getByLabel("When rows change").check();
  await ana.page.getByLabel("In which dataset").selectOption("deals");
  await ana.page.getByLabel("updated").check();
  await press(ana, "Publish");
  return at;
}

async function offer(ana, at, to) {
  await ana.page.goto(`${at}/people`);
  await ana.page.getByLabel("Hand it over to somebody").fill(to);
  await press(ana, "Offer");
}

test("what is offered is looked at and accepted, without JavaScript, and then runs as who accepted", async () => {
  const ana = await person("ana", { javaScript: false });
  const cleo = await person("cleo", { javaScript: false, allow: [/status of 403/] });
  const at = await opened(ana, "Large deals");
  await offer(ana, at, "user:cleo");
  await says(ana, /Offered to\s+Cleo Martin/);
  assert.match((await notices(cleo))[0], /it is offered to you/);
  await cleo.page.goto(at);
  await says(cleo, /It is offered to you: if you accept, it runs as you/);
  await cleo.page.getByRole("link", { name: "Look at what it may do" }).click();
  await says(cleo, /If you accept, Large deals will act on your behalf/);
  await says(cleo, /With your rights it reaches today/);
  await says(cleo, /As Ana Ferreira it reaches now/);
  await check(cleo, `${at}/consent`, "offer-consent");
  // Cleo lacks what it asks for: she is told so where she is, and nothing moved.
  await cleo.page.goto(`${at}/consent`);
  await press(cleo, "Accept: it runs as me");
  await cleo.page.getByRole("alert").getByText("Nothing was given").waitFor();
  assert.equal(await count(cleo, "button", "Accept: it runs as me"), 1);
  assert.equal((await head(cleo)).runsAs, "Ana Ferreira");
  await press(cleo, "Decline");
  await saysNot(cleo, /It is offered to you/);
  await ana.page.goto(`${at}/people`);
  await saysNot(ana, /Offered to/);

  // With the rights that it asks for, she accepts.
  const quiet = await published(ana, "Asked deals");
  await offer(ana, quiet, "user:eve");
  const eve = await person("eve", { javaScript: false });
  await eve.page.goto(`${quiet}/consent`);
  await says(eve, /If it ran as you, its reach would stay as it is/);
  await press(eve, "Accept: it runs as me");
  assert.deepEqual(await head(eve), { state: "Off", runsAs: "Eve Moreau" });
  await says(eve, /Eve Moreau lets version [0-9a-f]{8} act for them/);
  assert.match((await notices(ana))[0], /Asked deals: it no longer runs as you/);
});

test("what is offered to who may see it by nothing else is declined, and is gone for them", async () => {
  const ana = await person("ana");
  const dan = await person("dan", { javaScript: false, allow: [/status of 404/] });
  const at = await published(ana, "Quiet deals");
  assert.equal((await dan.page.goto(at)).status(), 404);
  await offer(ana, at, "user:dan");
  await dan.page.goto(at);
  await press(dan, "Decline");
  assert.equal(new URL(dan.page.url()).pathname, "/automations");
  assert.equal((await dan.page.goto(at)).status(), 404);
});

test("an offer is withdrawn, also while somebody looks at it: nothing is given", async () => {
  const ana = await person("ana", { javaScript: false });
  const eve = await person("eve", { javaScript: false, allow: [/status of 403/] });
  const at = await published(ana, "Withdrawn deals");
  await ana.page.goto(`${at}/owners`);
  await ana.page.getByLabel("By their ids, one on each line").fill("user:eve");
  await press(ana, "Done");
  await offer(ana, at, "user:eve");
  await eve.page.goto(`${at}/consent`);
  await ana.page.goto(`${at}/people`);
  await press(ana, "Withdraw the offer");
  await saysNot(ana, /Offered to/);
  await press(eve, "Accept: it runs as me");
  await eve.page.getByRole("alert").getByText("is not offered").waitFor();
  assert.equal(await count(eve, "button", "Accept: it runs as me"), 0);
  assert.equal((await head(eve)).runsAs, "Ana Ferreira");
});

test("who it is offered to by mistake is told beside the field, and what was typed stays", async () => {
  const ana = await person("ana", { allow: [/status of 422/] });
  const at = await opened(ana, "Every deal at all");
  await offer(ana, at, "bo at home");
  const field = ana.page.getByLabel("Hand it over to somebody");
  assert.equal(await field.inputValue(), "bo at home");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.ok((await ana.page.locator("#offer-wrong").innerText()).length > 0);
  assert.deepEqual(await accessibility(ana.page), []);
  await ana.page.setViewportSize(NARROW);
  assert.deepEqual(await sideways(ana.page), []);
});
