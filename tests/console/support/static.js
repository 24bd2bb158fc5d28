// A server of plain files, for pages that no `mandate` makes.

import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";

import { open } from "./browser.js";

const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** A browser on `files`, each a path and its text; both end with the test file. */
export async function served(files, policy = "default-src 'self'") {
  const server = createServer((request, response) => {
    const ending = /\.(\w+)$/.exec(request.url)?.[1];
    response.setHeader("Content-Type", TYPES[ending] ?? "text/html; charset=utf-8");
    response.setHeader("Content-Security-Policy", policy);
    response.end(files[request.url] ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await open(`http://127.0.0.1:${server.address().port}`);
  after(async () => {
    await browser.close();
    server.close();
  });
  return browser;
}
