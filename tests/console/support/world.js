// A world: a store made from a fixture of `worlds/`, and a server over it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { promisify } from "node:util";

import { open } from "./browser.js";
import { guest, mandate, root, tests } from "./files.js";

const run = promisify(execFile);

/**
 * Makes a world and serves it, once for a test file; it ends with the file.
 *
 * `name` is a folder of `worlds/`, or a function that is given an empty folder and writes a fixture there. `plugins` are example
 * guests; `steps` are commands, each a list of words, that are run on the store before it is served:
 * `["row", "insert", "deals", "9", '{"title":"Big"}', "--as", "user:ana"]`. `failing` are such of which a part fails, as it should.
 */
export async function world(name, { plugins = ["new-opportunity"], steps = [], failing = [] } = {}) {
  const { folder, ends } = await emptied();
  const store = join(folder, "store");
  const command = (...words) => run(mandate(), [...words, "--store", store]);
  const fixture = join(folder, "fixture");
  if (typeof name === "function") await name(fixture);
  else await cp(join(tests, "worlds", name), fixture, { recursive: true });
  await command("fixture", "load", fixture, ...plugins.flatMap((plugin) => ["--plugin", guest(plugin)]));
  for (const words of steps) await command(...words);
  for (const words of failing) {
    const ended = await command(...words).catch((error) => error);
    if (ended.code !== 1) throw new Error(`${words.join(" ")} did not fail in part: ${ended.stderr}`);
  }
  return served(["serve", "--demo", "--listen", "127.0.0.1:0", "--store", store], ends);
}

/** The console of `mandate demo --serve`. */
export async function demo() {
  const { folder, ends } = await emptied();
  const guests = dirname(guest("new-opportunity"));
  return served(["demo", "--guests", guests, "--serve", "--listen", "127.0.0.1:0", "--store", join(folder, "store")], ends);
}

/** An empty folder, and what to do when the file ends, last first. */
async function emptied() {
  const folder = await mkdtemp(join(tmpdir(), "mandate-console-"));
  const ends = [() => rm(folder, { recursive: true, force: true })];
  after(async () => {
    for (const one of ends.reverse()) await one();
  });
  return { folder, ends };
}

/** A server and a browser on it. */
async function served(words, ends) {
  const { origin, stop } = await serve(words);
  ends.push(stop);
  const browser = await open(origin);
  ends.push(() => browser.close());
  return { origin, browser, person: (who, options) => browser.person(who, options) };
}

/** Starts a command that serves, on a free port of this machine; `stop` asks it to end and waits until it did. */
async function serve(words) {
  const server = spawn(mandate(), words, { cwd: root });
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
