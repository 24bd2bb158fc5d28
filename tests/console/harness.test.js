// The checks themselves: each finds what it is there for, on a page that is bad in just that way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "./support/check.js";
import { served } from "./support/static.js";

const page = (content, script = "") => `<!doctype html><html lang="en">
  <head>
    <meta name="viewport" content="width=device-width"><title>A page</title>
    <link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.svg">${script && `<script src="${script}" defer></script>`}
  </head>
  <body><main><h1>A page</h1>${content}</main></body></html>`;

const FILES = {
  "/good": page(`<p>Fine</p><a href="/">Somewhere</a> <button>One</button> <p class="later"></p>`, "/later.js"),
  "/later.js": `document.querySelector(".later").innerHTML = "<button data-live>Only quicker</button>";`,
  "/bad": page(
    `<p class="pale">Hard to read</p> <p class="dim">Hard to read at night</p> <input> <a class="blind" href="/">Somewhere</a>
     <p class="made"></p> <p class="wide">As wide as it gets</p> <p style="margin: 0">Styled</p> <script>1</script>`,
    "/bad.js",
  ),
  "/bad.js": `document.querySelector(".made").innerHTML = "<button>Made</button>";
    fetch("http://localhost:9/", { mode: "no-cors" }).catch(() => {});
    prompt("Who?");
    throw new Error("thrown");
    // ${"x".repeat(100 * 1024)}`,
  "/order": page(`<button>One</button> <button tabindex="1">Two</button>`),
  "/trap": page(`<button class="trap">One</button> <button>Two</button>`, "/trap.js"),
  "/trap.js": `document.querySelector(".trap").onkeydown = (event) => event.preventDefault();`,
  "/style.css": `:root { color-scheme: light dark } body { margin: 0; background: light-dark(#fff, #000); color: light-dark(#000, #fff) }
    .pale { color: light-dark(#ccc, #fff) } .dim { color: light-dark(#000, #333) } .wide { width: 500px }
    a { color: inherit } button, input, a { display: inline-block; min-height: 24px; margin: 8px }
    :focus-visible { outline: 2px solid } .blind:focus-visible { outline: 0 }`,
};

const browser = await served(FILES, "default-src 'self'; connect-src *");

/** What is said of a page. */
async function faults(path, options) {
  try {
    await check(await browser.nobody(), path, "harness", options);
    return "";
  } catch (error) {
    return error.actual.join("\n");
  }
}

test("of a good page, nothing is said", async () => assert.equal(await faults("/good"), ""));

test("each fault of a bad page is told", async () => {
  const told = await faults("/bad");
  const expected = [
    /^light: axe color-contrast: \.pale: /m,
    /^dark: axe color-contrast: \.dim: /m,
    /^light: axe label: input: /m,
    /^one does not see that a "Somewhere" has the focus$/m,
    /^without JavaScript there is no button "Made"$/m,
    /^5\d\d px wide on a screen of 360: p\.wide "As wide as it gets"$/m,
    /stopped by the policy: style-src/,
    /stopped by the policy: script-src/,
    /^request to elsewhere: http:\/\/localhost:9\/$/m,
    /^dialog: Who\?$/m,
    /^error: Error: thrown$/m,
    /^the first visit loads 1\d{5} bytes; 102400 is the most$/m,
  ];
  for (const one of expected) assert.match(told, one);
  assert.doesNotMatch(told, /^(light|narrow): axe color-contrast: \.dim/m);
});

test("another order than that of the page is told", async () => {
  assert.match(await faults("/order"), /^Tab leads to button "Two" in place of button "One"$/m);
});

test("a control that one cannot leave is told", async () => {
  assert.match(await faults("/trap"), /^Tab leads to button "One" in place of button "Two"$/m);
});

test("another status is told", async () => {
  assert.equal(await faults("/good", { status: 404 }), "answered with 200");
});
