// What is typed wrong stands beside its field, on pages that are fit to be read by everybody.

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkHere } from "./support/check.js";
import { head, opened, press, says } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** What a control says is wrong with it, to who cannot see what stands beside it. */
async function wrong({ page }, label) {
  const control = page.getByLabel(label);
  assert.equal(await control.getAttribute("aria-invalid"), "true", label);
  return page.locator(`[id="${await control.getAttribute("aria-describedby")}"]`).innerText();
}

test("a set-up with mistakes says each beside its field, and keeps what was typed", async () => {
  const ana = await person("ana", { allow: [/status of 422/] });
  const at = await opened(ana, "Every deal at all", "/setup");
  await ana.page.getByLabel("Least amount").fill("");
  await ana.page.getByLabel("By the clock").check();
  await ana.page.getByLabel("Minute, hour, day, month, weekday").fill("99 9 * * MON");
  await ana.page.getByLabel("Others, one on each line").fill("user:bo");
  await press(ana, "Publish");
  assert.equal(await wrong(ana, "Least amount"), "It is needed.");
  await checkHere(ana, "setup-wrong");
  await ana.page.getByLabel("Least amount").fill("5.00");
  await press(ana, "Publish");
  assert.match(await wrong(ana, "Minute, hour, day, month, weekday"), /99/);
  assert.equal(await ana.page.getByLabel("Minute, hour, day, month, weekday").inputValue(), "99 9 * * MON");
  assert.equal(await ana.page.getByLabel("Others, one on each line").inputValue(), "user:bo");
  await checkHere(ana, "setup-wrong-clock");
  await ana.page.goto(at);
  await says(ana, /nothing is published yet/);
});

test("what was changed meanwhile is shown on a consent page that is fit to be read", async () => {
  const [ana, other] = [await person("ana", { allow: [/status of 409/] }), await person("ana", { javaScript: false })];
  const at = await opened(ana, "Every deal at all", "/setup");
  await ana.page.getByLabel("When rows change").check();
  await ana.page.getByLabel("In which dataset").selectOption("deals");
  await ana.page.getByLabel("added").check();
  await press(ana, "Publish");
  await other.page.goto(`${at}/setup`);
  await other.page.getByLabel("Least amount").fill("2.00");
  await press(other, "Publish");
  await press(ana, "Agree and turn on");
  await ana.page.getByRole("alert").getByText("changed meanwhile").waitFor();
  await checkHere(ana, "consent-changed");
  assert.equal((await head(ana)).state, "Off");
  await press(ana, "Agree and turn on");
  assert.equal((await head(ana)).state, "On");
});

test("what one may not have is said on the consent page that one agreed on", async () => {
  const cleo = await person("cleo", { allow: [/status of 403/] });
  await opened(cleo, "Large deals", "/consent");
  await says(cleo, /As Ana Ferreira it reaches now/);
  await press(cleo, "Take over: it runs as me");
  await cleo.page.getByRole("alert").getByText("Cleo Martin may not").waitFor();
  await checkHere(cleo, "consent-lacks");
  assert.equal((await head(cleo)).runsAs, "Ana Ferreira");
});

test("the page of people with a name that is none", async () => {
  const ana = await person("ana", { allow: [/status of 422/] });
  await opened(ana, "Large deals", "/people");
  await ana.page.getByLabel("Invite somebody").fill("Bo & Co");
  await press(ana, "Invite");
  assert.ok(await wrong(ana, "Invite somebody"));
  assert.equal(await ana.page.getByLabel("Invite somebody").inputValue(), "Bo & Co");
  await checkHere(ana, "people-wrong");
});
