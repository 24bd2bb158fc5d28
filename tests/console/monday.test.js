// A site that governs its automations as monday.com does: private or main ones, members before owners, a draft for each editor.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { count, found, head, listed, made, opened, plugged, press, says } from "./support/find.js";
import { world } from "./support/world.js";

const { person } = await world("monday", { plugins: ["new-opportunity", "action-only"] });

/** The main ones in the left pane. */
const pane = ({ page }) => page.getByRole("list", { name: "Main automations" }).getByRole("link").allInnerTexts();

/** The automations that are found by a part of the name. */
async function searched({ page }, part) {
  await page.getByLabel("Search by name").fill(part);
  await Promise.all([page.waitForEvent("load"), page.getByLabel("Search by name").press("Enter")]);
  return (await page.locator('main a[href^="/automations/aut_"]').allInnerTexts()).sort();
}

/** That it opens for looking alone. */
async function readOnly(somebody, at) {
  await somebody.page.goto(at);
  assert.match(await somebody.page.locator(".head").innerText(), /Read only/);
  for (const name of ["Turn off", "Run now"]) assert.equal(await count(somebody, "button", name), 0, name);
  assert.equal(await count(somebody, "link", "Set-up"), 0);
  assert.equal(await somebody.page.locator("details.settings").count(), 0);
  await somebody.page.goto(`${at}/people`);
  for (const name of ["Invite", "Rename", "Copy", "End it for ever"]) assert.equal(await count(somebody, "button", name), 0, name);
  for (const end of ["/setup", "/owners"]) assert.equal((await somebody.page.goto(at + end)).status(), 404, end);
}

test("MON-02 MON-09: a private one is seen by whom its owner invites, for as long, and opens read-only for them", async () => {
  const ana = await person("ana", { javaScript: false });
  const bob = await person("bob", { javaScript: false, allow: [/status of 404/] });
  const at = await opened(ana, "Own deals", "/people");
  assert.equal((await bob.page.goto(at)).status(), 404);
  await ana.page.getByLabel("Invite somebody").fill("user:bob");
  await press(ana, "Invite");
  assert.ok((await listed(bob)).includes("Own deals"));
  await readOnly(bob, at);
  await press(ana, "Remove Bob Lindgren");
  assert.ok(!(await listed(bob)).includes("Own deals"));
  assert.equal((await bob.page.goto(at)).status(), 404);
});

test("MON-03 MON-04 MON-05: a main one is seen by who looks into its workspace", async () => {
  const mine = ["Back office", "Big deals", "Hall deals", "Lead watch"];
  const bob = await person("bob");
  assert.deepEqual((await listed(bob)).filter((name) => mine.includes(name)), mine);
  const ana = await person("ana");
  const inside = await found(ana, "Big deals");
  for (const who of ["dan", "vi", "gil"]) {
    const outside = await person(who, { javaScript: false, allow: [/status of 404/] });
    assert.deepEqual(await listed(outside), ["Hall deals"], who);
    assert.equal((await outside.page.goto(inside)).status(), 404, who);
  }
});

test("MON-06: the left pane lists the main ones that one may see, on every page", async () => {
  const bob = await person("bob", { javaScript: false });
  for (const path of ["/automations", "/inbox", "/policy"]) {
    await bob.page.goto(path);
    assert.deepEqual(await pane(bob), ["Back office", "Big deals", "Hall deals", "Lead watch"], path);
  }
  await bob.page.getByRole("list", { name: "Main automations" }).getByRole("link", { name: "Big deals" }).click();
  await bob.page.getByRole("heading", { level: 1, name: "Big deals" }).waitFor();
  const gil = await person("gil");
  assert.deepEqual(await pane(gil), ["Hall deals"]);
  await check(bob, "/automations", "monday-pane");
});

test("MON-07: the search finds main ones, and nothing that one may not see", async () => {
  const [cy, dan] = [await person("cy", { javaScript: false }), await person("dan")];
  assert.deepEqual(await searched(cy, "deals"), ["Big deals", "Hall deals", "Shared deals"]);
  assert.deepEqual(await searched(dan, "DEALS"), ["Hall deals"]);
  assert.deepEqual(await searched(dan, "Big deals"), []);
  await says(dan, /Nothing that you may see has “Big deals” in its name/);
});

test("MON-08 MON-09 MON-12: who is no owner only looks", async () => {
  const bob = await person("bob", { javaScript: false, allow: [/status of 404/] });
  const ana = await person("ana");
  for (const name of ["Big deals", "Shared deals"]) {
    const at = await found(ana, name);
    await readOnly(bob, at);
    await opened(ana, name);
    assert.doesNotMatch(await ana.page.locator(".head").innerText(), /Read only/);
    assert.equal(await count(ana, "link", "Set-up"), 1);
  }
  await check(bob, await found(ana, "Big deals"), "monday-read-only");
});

test("MON-10 MON-16: who makes one owns it, and before it is published nobody finds a live version, they neither", async () => {
  const [cy, bob] = [await person("cy", { javaScript: false }), await person("bob")];
  const at = await made(cy, "Unborn", { workspace: "sales", main: true });
  await plugged(cy, "new-opportunity");
  await cy.page.getByLabel("Dataset of opportunities").selectOption("leads");
  await cy.page.getByLabel("Least amount").fill("1.00");
  await cy.page.getByLabel("When rows change").check();
  await cy.page.getByLabel("In which dataset").selectOption("leads");
  await cy.page.getByLabel("added").check();
  await press(cy, "Keep the draft");
  for (const one of [cy, bob]) {
    await one.page.goto(at);
    assert.match((await head(one)).state, /^Never (published|turned on)$/);
    assert.equal((await head(one)).runsAs, "Cy Young");
    await says(one, /There is no live version/);
  }
  assert.equal(await count(cy, "link", "Set-up"), 1);
  await check(bob, at, "monday-no-live-version");
});

test("MON-11: owners make members owners, and nobody else", async () => {
  const ana = await person("ana", { javaScript: false, allow: [/status of 422/] });
  const at = await opened(ana, "Own deals", "/owners");
  await says(ana, /Only members are made owners: invite them first/);
  assert.equal(await ana.page.getByRole("group", { name: "Others" }).getByRole("checkbox").count(), 0);
  await ana.page.getByLabel("By their ids, one on each line").fill("user:cy");
  await press(ana, "Done");
  await says(ana, /Nothing was changed: .*member/);
  await ana.page.goto(`${at}/people`);
  await ana.page.getByLabel("Invite somebody").fill("user:cy");
  await press(ana, "Invite");
  await ana.page.goto(`${at}/owners`);
  await ana.page.getByLabel("By their ids, one on each line").fill("user:cy");
  await press(ana, "Done");
  const cy = await person("cy");
  await cy.page.goto(`${at}/setup`);
  await cy.page.getByLabel("Least amount").waitFor();
});

test("MON-13 MON-14 MON-15: a draft is its editor's; all others, owners too, see the live version until it is published", async () => {
  const [ana, cy] = [await person("ana"), await person("cy", { javaScript: false })];
  const at = await opened(ana, "Shared deals", "/setup");
  await ana.page.getByLabel("Least amount").fill("4444.00");
  await press(ana, "Keep the draft");
  await cy.page.goto(`${at}/setup`);
  assert.equal(await cy.page.getByLabel("Least amount").inputValue(), "4000.00");
  await ana.page.goto(`${at}/setup`);
  assert.equal(await ana.page.getByLabel("Least amount").inputValue(), "4444.00");
  await press(ana, "Publish");
  await cy.page.goto(`${at}/setup`);
  assert.equal(await cy.page.getByLabel("Least amount").inputValue(), "4444.00");
});

test("MON-28: administrators choose which roles make automations", async () => {
  const root = await person("root", { javaScript: false });
  const vi = await person("vi", { javaScript: false, allow: [/status of 422/] });
  const tries = async (name) => {
    await vi.page.goto("/automations/new");
    await vi.page.getByLabel("What is it called?").fill(name);
    await press(vi, "Make it");
  };
  await tries("Too early");
  await says(vi, /may not create|may not/);
  await root.page.goto("/policy");
  const boxes = root.page.getByRole("region", { name: "Who may make automations" });
  const chosen = () => boxes.locator("input:checked").evaluateAll((all) => all.map((one) => one.value));
  assert.deepEqual(await chosen(), ["member", "site-admin"]);
  await boxes.getByLabel("viewer").check();
  await boxes.getByRole("button", { name: "Who gains and loses what?" }).click();
  await says(root, /user:vi gains on the site: create/);
  assert.deepEqual(await chosen(), ["member", "site-admin", "viewer"]);
  await tries("Still too early");
  await says(vi, /may not/);
  await press(root, "Let these make automations");
  await check(root, "/policy", "monday-policy");
  await tries("Vi's own");
  await vi.page.getByRole("heading", { level: 1, name: "Vi's own" }).waitFor();
  // And that they do not any more.
  await boxes.getByLabel("viewer").uncheck();
  await press(root, "Let these make automations");
  await tries("Too late");
  await says(vi, /may not/);
  const other = await person("vi");
  await other.page.goto("/policy");
  assert.equal(await count(other, "button", "Let these make automations"), 0);
});
