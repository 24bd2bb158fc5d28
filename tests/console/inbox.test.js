// One's messages: why one got each, and how not to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { world } from "./support/world.js";

const { person } = await world("small", {
  steps: [["row", "insert", "deals", "9", '{"title":"Ferry","amount":"90000.00","margin":"0.40"}', "--as", "user:ana"]],
});

/** Opens the first message of somebody. */
async function message({ page }) {
  await page.goto("/inbox");
  await page.locator("ul.inbox a").first().click();
  await page.getByRole("heading", { name: "Why did I get this?" }).waitFor();
  return new URL(page.url()).pathname;
}

test("the inbox and a message keep what every page keeps", async () => {
  const [bo, dan] = [await person("bo"), await person("dan")];
  await check(bo, "/inbox", "inbox");
  await check(dan, "/inbox", "inbox-none");
  await check(bo, await message(bo), "message");
});

test("without JavaScript: one is told why, mutes, opts out, and comes back", async () => {
  const bo = await person("bo", { javaScript: false });
  const { page } = bo;
  await message(bo);
  const why = page.locator('section[aria-labelledby="why"]');
  assert.match(await why.innerText(), /You are a recipient of Large deals\. It runs as Ana Ferreira\. It is managed by Bo Lindgren\./);
  for (const [button, word] of [["Mute", "Muted"], ["Opt out", "Opted out"], ["Tell me as it comes", "As it comes"]]) {
    await why.getByRole("button", { name: button }).click();
    await why.locator(".state", { hasText: word }).waitFor();
  }
  assert.deepEqual(bo.complaints, []);
});

test("a message is read, put away, and there again", async () => {
  const { page } = await person("bo", { javaScript: false });
  const at = await message({ page });
  await page.getByRole("button", { name: "Put away" }).click();
  await page.locator(".empty").waitFor();
  await page.getByRole("link", { name: "Put away" }).click();
  await page.locator(`a[href="${at}"]`).click();
  await page.getByRole("button", { name: "Mark as unread" }).click();
  await page.locator(`ul.inbox li.unread a[href="${at}"]`).waitFor();
});
