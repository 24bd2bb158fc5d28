// One automation.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

// One deal that it told of, and one that is too small for it.
const steps = ["9", "10"].map((id, at) => {
  const row = { title: `Ferry ${id}`, amount: at === 0 ? "90000.00" : "5.00", margin: "1.00" };
  return ["row", "insert", "deals", id, JSON.stringify(row), "--as", "user:ana"];
});
const { person } = await world("small", { steps });

/** Opens the page of an automation from the list, as a person would. */
async function opened(somebody, name) {
  await somebody.page.goto("/automations");
  await somebody.page.getByRole("link", { name, exact: true }).click();
  await somebody.page.getByRole("heading", { level: 1, name }).waitFor();
  return new URL(somebody.page.url()).pathname;
}

test("the page keeps what every page keeps", async () => {
  const ana = await person("ana");
  await check(ana, await opened(ana, "Large deals"), "automation");
});

test("turned off, it says so, without JavaScript", async () => {
  const ana = await person("ana", { javaScript: false });
  await opened(ana, "Large deals");
  await ana.page.getByRole("button", { name: "Turn off" }).click();
  await ana.page.locator(".state").getByText("Off").waitFor();
  assert.equal(await ana.page.getByRole("button", { name: "Turn off" }).count(), 0);
});

test("who may not see it finds nothing there", async () => {
  const [ana, dan] = [await person("ana"), await person("dan")];
  const at = await opened(ana, "Large deals");
  await check(dan, at, "trouble", { status: 404 });
});

test("what happened names people and short versions, and the menu closes with Escape", async () => {
  const { page } = await person("bo");
  await page.goto("/automations");
  await page.getByRole("link", { name: "Large deals", exact: true }).click();
  await page.locator(".timeline time", { hasText: " ago" }).first().waitFor();
  const happened = (await page.locator(".timeline li").allInnerTexts()).map((line) => line.replace(/^.* ago /, ""));
  assert.ok(happened.some((line) => /^Mandate: Ana Ferreira lets version [0-9a-f]{8} act for them$/.test(line)), happened.join("\n"));
  const menu = page.locator("details.me");
  await menu.locator("summary").click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out" }).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.localName), "summary");
});

test("one sentence says what it does, and its last runs are there", async () => {
  const { page } = await person("ana");
  await opened({ page }, "Large deals");
  const sentence = await page.locator(".sentence").innerText();
  assert.equal(
    sentence,
    "When a row of deals is added, as Ana Ferreira it may change status in deals; it tells Ana Ferreira and Bo Lindgren what each of them may see.",
  );
  const rows = page.locator("section", { has: page.getByRole("heading", { name: "Last runs" }) }).locator("tbody tr");
  assert.deepEqual(await rows.locator("th").allInnerTexts(), ["deals/10", "deals/9"]);
  assert.equal(await rows.locator(".state", { hasText: "Done" }).count(), 2);
});

test("powers that its last runs did not use are marked", async () => {
  const { page } = await person("ana");
  const at = await opened({ page }, "Large deals");
  await page.goto(`${at}/consent`);
  await page.getByText(/^(Unused in its last runs|Its last runs that you see whole)/).waitFor();
  await check(await person("ana"), `${at}/consent`, "consent");
});
