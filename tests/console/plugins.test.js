// Uploading a plugin: a file that is dropped is chosen, with or without JavaScript, and what is too large is said on the page.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { check } from "./support/check.js";
import { press, text } from "./support/find.js";
import { guest } from "./support/files.js";
import { world } from "./support/world.js";

const { person } = await world("small");

/** Drops a file on the middle of an element, as a person would. */
async function drop(page, element, file) {
  const session = await page.context().newCDPSession(page);
  const { x, y, width, height } = await element.boundingBox();
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
  }
}

test("without JavaScript: a file that is dropped on its place is uploaded", async () => {
  const ana = await person("ana", { javaScript: false });
  const { page } = ana;
  await page.goto("/plugins");
  await drop(page, page.locator(".drop input"), guest("interpreter"));
  await press(ana, "Upload");
  await page.getByRole("link", { name: "Look at what it could ask for" }).click();
  await page.getByRole("heading", { level: 1, name: /^interpreter/ }).waitFor();
});

test("what is too large is said where it was chosen, with what to do", async () => {
  const ana = await person("ana", { allow: [/status of 413/] });
  const { page } = ana;
  const file = join(tmpdir(), `mandate-large-${process.pid}.wasm`);
  await writeFile(file, Buffer.alloc(4 * 1024 * 1024 + 1));
  const large = async (page) => {
    await page.locator("#file").setInputFiles(file);
    await press({ page }, "Upload");
    await page.locator(".wrong").waitFor();
  };
  await check(ana, "/plugins", "plugins-large", { then: large, allow: [/status of 413/] });
  await page.goto("/plugins");
  await large(page);
  assert.match(await text(ana), /more than 4194304 bytes[^]*without debug information/);
});
