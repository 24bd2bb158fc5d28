// Every page, held to what every page keeps.

import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small", {
  steps: [["row", "insert", "deals", "9", '{"title":"Ferry","amount":"90000.00","margin":"0.40"}', "--as", "user:ana"]],
});

/** The address of an automation, a run or a message, from the page that lists it. */
async function first(somebody, list, link) {
  await somebody.page.goto(list);
  const href = await somebody.page.locator("main").locator(link).first().getAttribute("href");
  return href;
}

test("lists and forms", async () => {
  const ana = await person("ana");
  const cleo = await person("cleo");
  await check(ana, "/automations/new", "new");
  await check(ana, "/runs", "runs");
  await check(ana, "/inbox", "inbox");
  await check(ana, "/plugins", "plugins");
  await check(ana, "/policy", "policy");
  await check(cleo, "/policy", "policy-form");
  await check(cleo, "/people", "people");
  await check(ana, "/people/user:ana", "person");
  await check(ana, "/search?q=deals", "search");
  await check(ana, "/me", "me");
});

test("the pages of an automation", async () => {
  const ana = await person("ana");
  const at = await first(ana, "/search?q=Large", 'a[href^="/automations/aut_"]');
  await check(ana, `${at}/setup`, "setup");
  await check(ana, `${at}/dry-run`, "dry-run");
  await check(ana, `${at}/consent`, "consent");
  await check(ana, `${at}/people`, "automation-people");
});

test("a run, a message, a plugin", async () => {
  const ana = await person("ana");
  await check(ana, await first(ana, "/runs", 'a[href^="/runs/run_"]'), "run");
  await check(ana, await first(ana, "/inbox", 'a[href^="/inbox/"]:not([href*="shelf"])'), "message");
  await check(ana, await first(ana, "/plugins", 'a[href^="/plugins/sha256"]'), "plugin");
});
