// What ran, and one run: a line of time, and what one may do with it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small", {
  steps: [["row", "insert", "deals", "9", '{"title":"Ferry","amount":"90000.00","margin":"0.40"}', "--as", "user:ana"]],
});

/** The address of the run of the ferry. */
async function ferry({ page }) {
  await page.goto("/runs");
  return page.locator("main tbody tr", { hasText: "Large deals" }).first().getByRole("link").first().getAttribute("href");
}

/** Each stop of the picture with its word. */
const path = ({ page }) => page.locator("ol.path li").evaluateAll((all) =>
  all.map((one) => `${one.querySelector("strong").textContent}: ${one.querySelector("span").textContent}`));

const HIDDEN = "Not shown";

test("the lists and a run keep what every page keeps, for each as far as they may see", async () => {
  const [ana, bo, cleo, dan] = [await person("ana"), await person("bo"), await person("cleo"), await person("dan")];
  await check(ana, "/runs", "runs");
  await check(dan, "/runs", "runs-none");
  const at = await ferry(ana);
  await check(ana, at, "run");
  await check(bo, at, "run-manager");
  await check(cleo, at, "run-administrator");
});

test("the picture is a list: each stop has its word, and what one may not see says so", async () => {
  const [ana, bo] = [await person("ana", { javaScript: false }), await person("bo", { javaScript: false })];
  const at = await ferry(ana);
  await ana.page.goto(at);
  assert.deepEqual(await path(ana), [
    "Accepted: Accepted",
    "Condition: Met",
    "Act: Done",
    "Effects: Done",
    "Deliveries: In your inbox",
  ]);
  await bo.page.goto(at);
  const stops = await path(bo);
  assert.deepEqual(stops.slice(1, 4), [`Condition: ${HIDDEN}`, `Act: ${HIDDEN}`, `Effects: ${HIDDEN}`]);
});

test("without JavaScript: replayed to the same, taken along as a file", async () => {
  const { page } = await person("ana", { javaScript: false });
  await page.goto(await ferry({ page }));
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByText("Replayed: it comes to the same. Nothing was carried out.").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export your parts" }).click();
  const file = await saved;
  assert.match(file.suggestedFilename(), /^run_[a-z2-7]+\.json$/);
  const recorded = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.deepEqual(recorded.map((one) => [one.principal.id, one.part.kind]), [["user:ana", "act"], ["user:ana", "notify"]]);
});

test("without JavaScript: what others were told is revealed with a reason, which stays with the automation", async () => {
  const [cleo, ana] = [await person("cleo", { javaScript: false }), await person("ana", { javaScript: false })];
  const at = await ferry(cleo);
  await cleo.page.goto(at);
  await cleo.page.getByLabel("Why must you see what others were told?").fill("complaint 7");
  await cleo.page.getByRole("button", { name: "Show me" }).click();
  await cleo.page.getByRole("heading", { name: "What others were told" }).waitFor();
  await ana.page.goto(at);
  assert.equal(await ana.page.getByRole("button", { name: "Show me" }).count(), 0);
  await ana.page.getByRole("link", { name: "Large deals" }).click();
  await ana.page.getByText("complaint 7").first().waitFor();
});
