// Forty texts that want to be more than text (W02). Each would say `ran` to the page, open a dialog, or change what is around it. They are
// what a hostile guest says too, which reads them from the same file.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./files.js";

export const payloads = readFileSync(join(root, "tests/hostile/payloads.txt"), "utf8").split("\n").slice(0, -1);
