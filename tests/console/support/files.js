// Where things are, and what is said when one is missing: a test without its browser fails.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const tests = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = resolve(tests, "../..");
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

function there(path, how) {
  if (!existsSync(path)) throw new Error(`there is no ${path}: ${how}`);
  return path;
}

/** The command under test. */
export function mandate() {
  return there(process.env.MANDATE_BIN ?? join(target, "debug/mandate"), "run `cargo xtask console`, which builds it");
}

/** The component of an example guest. */
export function guest(name) {
  return there(join(target, "console/guests", `${name}.wasm`), "run `cargo xtask console`, which builds the guests");
}

/** The browser. */
export function chromium() {
  const path = process.env.MANDATE_CHROMIUM ?? "/usr/bin/chromium";
  return there(path, "install Chromium (`apt-get install chromium`), or name one with MANDATE_CHROMIUM");
}

/** Where pictures of pages go. */
export const shots = join(target, "console-shots");
