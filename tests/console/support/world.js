// A world: a store made from a fixture of `worlds/`, and a server over it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { promisify } from "node:util";

import { open } from "./browser.js";
import { guest, mandate, tests } from "./files.js";

const run = promisify(execFile);

/**
 * Makes a world and serves it, once for a test file; it ends with the file.
 *
 * `name` is a folder of `worlds/`, or a function that is given an empty folder and writes a fixture there. `plugins` are example
 * guests; `steps` are commands, each a list of words, that are run on the store before it is served:
 * `["row", "insert", "deals", "9", '{"title":"Big"}', "--as", "user:ana"]`.
 */
export async function world(name, { plugins = ["new-opportunity"], steps = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "mandate-console-"));
  const cleanUp = [() => rm(folder, { recursive: true, force: true })];
  const end = async () => {
    for (const one of cleanUp.reverse()) await one();
  };
  after(end);
  const store = join(folder, "store");
  const command = (...words) => run(mandate(), [...words, "--store", store]);
  const fixture = join(folder, "fixture");
  if (typeof name === "function") await name(fixture);
  else await cp(join(tests, "worlds", name), fixture, { recursive: true });
  await command("fixture", "load", fixture, ...plugins.flatMap((plugin) => ["--plugin", guest(plugin)]));
  for (const words of steps) await command(...words);
  const { origin, stop } = await serve(store);
  cleanUp.push(stop);
  const browser = await open(origin);
  cleanUp.push(() => browser.close());
  return { origin, browser, person: (who, options) => browser.person(who, options) };
}

/** Starts the server on a free port of this machine; `stop` asks it to end and waits until it did. */
async function serve(store) {
  const server = spawn(mandate(), ["serve", "--demo", "--listen", "127.0.0.1:0", "--store", store]);
  const ended = once(server, "exit");
  let told = "";
  server.stderr.on("data", (text) => (told += text));
  const origin = await new Promise((found, failed) => {
    createInterface(server.stdout).on("line", (line) => {
      const at = /^Mandate is at (http:\/\/127\.0\.0\.1:\d+)$/.exec(line);
      if (at) found(at[1]);
    });
    server.on("error", failed);
    ended.then(([code]) => failed(new Error(`the server ended with ${code}: ${told}`)));
  });
  const stop = async () => {
    server.kill("SIGTERM");
    const [code] = await ended;
    // What the server complains of is nobody's page, but it is a failure.
    if (code !== 0 || told) throw new Error(`the server ended with ${code}: ${told}`);
  };
  return { origin, stop };
}
