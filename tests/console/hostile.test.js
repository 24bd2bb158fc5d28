// What people call things is text, and nothing else, wherever it is shown (W02). A page that shows what people or guests write is added
// here.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";

import { payloads } from "./support/payloads.js";
import { world } from "./support/world.js";

/** Ana, who manages forty automations with hostile names, each run as somebody with a hostile name. */
async function fixture(folder) {
  const text = JSON.stringify;
  const people = payloads.map((name, at) => `[[people]]\nid = "p${at}"\nname = ${text(name)}`);
  const automations = payloads.map(
    (name, at) => `[[automations]]\nname = ${text(name)}\nplugin = "new-opportunity"\nrun_as = "user:p${at}"\nmanagers = ["user:ana"]
      workspace = "w"\nkind = "main"
      settings = { dataset = "deals", threshold = "1.00" }\nrecipients = ["user:p${at}"]
      trigger = { on = "row", dataset = "deals", change = ["added"] }`,
  );
  const site = `site = "acme"\n[[people]]\nid = "ana"\nname = "Ana"\n[[roles]]\nto = "user:ana"\nrole = "site-admin"
    [[workspaces]]\nid = "w"\nname = "W"\nmembers = ["user:ana"]
    [datasets.deals]\ncolumns = [{ name = "title", type = "text" }]\npolicies = "permit (principal, action, resource);"`;
  await mkdir(folder);
  await writeFile(join(folder, "fixture.toml"), [site, ...people, ...automations].join("\n\n"));
}

const { browser, person } = await world(fixture);
const ana = await person("ana");
const { page } = ana;
after(() => assert.deepEqual(ana.complaints, []));

/** Runs in the page: what texts became that are more than text. */
function more() {
  const made = "script, style, link, meta, base, img, svg, math, iframe, object, embed, video, template";
  const to = (one) => ["href", "src", "formaction", "action"].map((name) => one.getAttribute(name)).find((at) => at !== null);
  const is = (one) => [...one.attributes].some(({ name }) => name.startsWith("on"));
  return {
    ran: window.ran,
    made: document.querySelectorAll(`body :is(${made})`).length,
    handlers: [...document.querySelectorAll("*")].filter(is).length,
    elsewhere: [...document.querySelectorAll("[href], [src], [action], [formaction]")].filter((one) => !/^[/#]/.test(to(one))).length,
  };
}

/** Runs in the page: calls an automation otherwise. */
async function rename([automation, name]) {
  const csrf = document.querySelector('input[name="csrf"]').value;
  const headers = { "content-type": "application/json", "x-csrf-token": csrf };
  await fetch(`/api/v1${automation}/rename`, { method: "POST", headers, body: JSON.stringify({ name }) });
}

/** Nothing of a text became more than text. */
async function inert(where) {
  assert.deepEqual(await page.evaluate(more), { ran: undefined, made: 0, handlers: 0, elsewhere: 0 }, where);
  assert.deepEqual(ana.complaints, [], where);
}

/** The texts of elements, as they were written. */
const texts = (locator) => locator.evaluateAll((all) => all.map((one) => one.textContent));

test("forty texts, all different, are found where they are more than text", async () => {
  assert.equal(new Set(payloads).size, 40);
  // Its browser complains of nearly all of them.
  const other = await browser.nobody({ allow: [/./] });
  await other.page.goto("/enter");
  const missed = [];
  for (const [at, one] of payloads.entries()) {
    // As text, and as what an attribute is, in a document in which nothing runs.
    const places = `${one}<p title="${one}"></p><p title='${one}'></p><p class=${one}></p>`;
    const made = `document.implementation.createHTMLDocument()`;
    const written = `((document) => { document.body.innerHTML = ${JSON.stringify(places)}; return (${more})(); })(${made})`;
    const found = await other.page.evaluate(written);
    if (found.made + found.handlers + found.elsewhere === 0) missed.push(at);
  }
  await other.close();
  // Those that are after parsers, templates and eyes: what is asked of them is that they are shown as they were written.
  assert.deepEqual(missed, [9, 27, 37, 38, 39]);
});

test("the name of who signed in, on top", async () => {
  for (const at of [1, 13, 31]) {
    const somebody = await person(`p${at}`);
    assert.deepEqual(await texts(somebody.page.locator(".me summary")), [payloads[at]]);
    assert.deepEqual(somebody.complaints, []);
    await somebody.close();
  }
});

test("names of people, where one signs in", async () => {
  const nobody = await browser.nobody();
  await nobody.page.goto("/enter");
  const people = await texts(nobody.page.locator("button[name=person]"));
  for (const [at, name] of payloads.entries()) assert.ok(people.includes(`${name} user:p${at}`), name);
  assert.deepEqual(nobody.complaints, []);
});

test("names of automations and of people in the list", async () => {
  await page.goto("/automations");
  assert.deepEqual((await texts(page.locator("tbody th a"))).sort(), [...payloads].sort());
  const runAs = page.locator('tbody td[data-label="Runs as"]');
  assert.deepEqual((await texts(runAs)).sort(), [...payloads].sort());
  await inert("the list");
});

test("names on each page of an automation", async () => {
  await page.goto("/automations");
  const links = await page.locator("tbody th a").evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("href")]));
  assert.equal(links.length, 40);
  for (const [name, at] of links) {
    await page.goto(`${at}/people`);
    assert.deepEqual(await texts(page.locator("h1")), [name]);
    assert.equal(await page.evaluate(() => document.title), `${name} · Mandate`);
    assert.deepEqual(await texts(page.locator(".head strong")), [name]);
    await inert(`${at}/people: ${name}`);
  }
  for (const end of ["", "/setup", "/consent", "/owners", "/versions"]) {
    await page.goto(links[0][1] + end);
    await inert(end);
  }
});

test("names of main automations in the left pane, and of people where owners are chosen", async () => {
  await page.goto("/inbox");
  const pane = await texts(page.locator(".rooms ul").nth(1).locator("a"));
  assert.equal(pane.length, 12);
  for (const name of pane) assert.ok(payloads.includes(name), name);
  await inert("the left pane");
  await page.goto(await page.locator(".rooms ul").nth(1).locator("a").first().getAttribute("href") + "/owners");
  await page.locator("#find").fill(payloads[1]);
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Search" }).click()]);
  assert.equal(await page.locator("#find").inputValue(), payloads[1]);
  await inert("a search for owners");
});

test("names of hooks", async () => {
  const some = payloads.filter((_, at) => at % 4 === 0);
  for (const name of some) {
    await page.goto("/sources");
    const hooks = page.getByRole("region", { name: "Hooks" });
    await hooks.getByLabel("Name").fill(name);
    await hooks.getByLabel("Source").fill("/x");
    await hooks.getByRole("button", { name: "Make a hook" }).click();
    await page.getByText("It is not shown again.").waitFor();
    await inert(`a hook called ${name}`);
  }
  const names = await texts(page.locator("section[aria-labelledby=hooks] .card h3"));
  assert.deepEqual(names.sort(), some.map((name) => name.trim()).sort());
});

test("names of automations, where one sees what is done as oneself", async () => {
  for (const at of [1, 13, 31]) {
    const somebody = await person(`p${at}`);
    await somebody.page.goto("/me");
    const names = somebody.page.locator('section[aria-labelledby="runs-as"] tbody th');
    assert.deepEqual(await texts(names), [payloads[at]]);
    assert.deepEqual(somebody.complaints, []);
    await somebody.close();
  }
});

test("what was typed into a form that is shown again", async () => {
  await page.goto("/automations/new");
  const all = payloads.join(" ");
  await page.locator("#name").evaluate((field, text) => {
    field.removeAttribute("maxlength");
    field.value = text;
  }, all);
  ana.complaints.length = 0;
  await Promise.all([page.waitForResponse((answer) => answer.status() === 422), page.getByRole("button", { name: "Make it" }).click()]);
  await page.locator(".wrong").waitFor();
  assert.equal(await page.locator("#name").inputValue(), all);
  const refused = /^console: Failed to load resource: .* 422 /;
  assert.ok(refused.test(ana.complaints.shift()));
  await inert("a form that is shown again");
});

test("what a guest found and said, on the page of a run, in the inbox and in a message", async () => {
  const wanted = payloads.filter((_, at) => at % 8 === 1);
  const steps = wanted.map((title, at) => {
    const row = JSON.stringify({ title, amount: "90000.00" });
    return ["row", "insert", "deals", `h${at}`, row, "--as", "user:ana"];
  });
  const deals = await world("small", { steps });
  const reader = await deals.person("ana");
  await reader.page.goto("/inbox");
  const messages = await reader.page.locator("ul.inbox a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.equal(messages.length, wanted.length);
  const told = [];
  for (const at of messages) {
    await reader.page.goto(at);
    told.push(await reader.page.locator("blockquote").textContent());
    const run = await reader.page.getByRole("link", { name: "The run that told you" }).getAttribute("href");
    for (const page of [at, run]) {
      await reader.page.goto(page);
      assert.deepEqual(await reader.page.evaluate(more), { ran: undefined, made: 0, handlers: 0, elsewhere: 0 }, page);
    }
    const shown = await reader.page.locator("ol.timeline").allTextContents();
    assert.ok(wanted.some((title) => shown.join().includes(title)), "as it was written");
  }
  for (const title of wanted) assert.ok(told.some((text) => text.includes(title)), title);
  // What the automation is called, where one is told why one got it, and where one says how one wants to be told.
  for (const name of wanted) {
    await reader.page.goto(messages[0]);
    const automation = await reader.page.locator('#why ~ p a[href^="/automations/"]').getAttribute("href");
    await reader.page.evaluate(rename, [automation, name]);
    await reader.page.goto(messages[0]);
    assert.ok((await reader.page.locator('section[aria-labelledby="why"]').textContent()).includes(name), name);
    assert.deepEqual(await reader.page.evaluate(more), { ran: undefined, made: 0, handlers: 0, elsewhere: 0 }, name);
    await reader.page.goto("/me");
    const told = await texts(reader.page.locator('section[aria-labelledby="reads-as"] tbody th'));
    assert.ok(told.includes(name), `${name}: ${told}`);
    assert.deepEqual(await reader.page.evaluate(more), { ran: undefined, made: 0, handlers: 0, elsewhere: 0 }, name);
  }
  assert.deepEqual(reader.complaints, []);
});

/** A site with an automation for each text, whose plugin says it in every way. */
async function speaking(folder) {
  const text = JSON.stringify;
  const automations = payloads.map(
    (payload, at) => `[[automations]]\nname = "Says ${at}"\nplugin = ${text(payloads[1])}\nrun_as = "user:ana"\nenabled = true
      settings = { text = ${text(payload)} }\nrecipients = ["user:ana"]
      trigger = { on = "row", dataset = "deals", change = ["added"] }`,
  );
  const site = `site = "acme"\n[[people]]\nid = "ana"\nname = "Ana"\n[[roles]]\nto = "user:ana"\nrole = "site-admin"
    [[grants]]\nto = "user:ana"\ndataset = "deals"\nrights = ["read", "create", "update", "remove"]
    [datasets.deals]\ncolumns = [{ name = "title", type = "text" }]\npolicies = "permit (principal, action, resource);"`;
  await mkdir(folder);
  await writeFile(join(folder, "fixture.toml"), [site, ...automations].join("\n\n"));
}

test("what a guest says of itself, finds, logs, fails and traps with, and tells, on each page that shows it", async () => {
  const failing = [["row", "insert", "deals", "h", '{"title":"Harmless"}', "--as", "user:ana"]];
  const { person } = await world(speaking, { plugins: ["hostile-texts"], failing });
  const reader = await person("ana");
  const { page } = reader;
  const is = async (where) => {
    assert.deepEqual(await page.evaluate(more), { ran: undefined, made: 0, handlers: 0, elsewhere: 0 }, where);
    assert.deepEqual(reader.complaints, [], where);
  };
  const links = (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  await page.goto("/inbox");
  const first = await links("ul.inbox a");
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/cursor=/);
  const messages = [...first, ...(await links("ul.inbox a"))];
  assert.equal(messages.length, 40);
  await is("the inbox");
  const told = [];
  for (const at of messages) {
    await page.goto(at);
    const said = await page.locator("blockquote").textContent();
    // In a title and a name of a file what nobody sees is left out or shown; they are no markup, either.
    assert.equal(await page.locator('ul a[href*="/attachments/"]').count(), 1);
    await is(`a message: ${said}`);
    told.push(said);
    await page.goto(await page.getByRole("link", { name: "The run that told you" }).getAttribute("href"));
    const shown = await page.locator("main").textContent();
    assert.ok(shown.includes(said), `a run: ${said}`);
    assert.equal(await page.locator("details summary", { hasText: "log." }).count() > 0, true, `its log: ${said}`);
    await is(`a run: ${said}`);
  }
  assert.deepEqual(told.sort(), [...payloads].sort(), "each, as it was written");
  await page.goto("/plugins");
  await is("the plugins");
  await page.goto((await links('main a[href^="/plugins/sha256"]'))[0]);
  assert.ok((await page.locator("main q").first().textContent()).includes(payloads[0]));
  await is("the plugin");
  await page.goto("/search?q=Says");
  const automation = (await links('main a[href^="/automations/aut_"]'))[0];
  for (const end of ["", "/setup", "/consent", "/people", "/versions", "/dry-run"]) {
    await page.goto(automation + end);
    await is(end);
  }
  await page.goto(`${automation}/setup`);
  const setup = await page.locator("main").textContent();
  for (const payload of payloads) assert.ok(setup.includes(payload), `a setting: ${payload}`);
  await page.goto(`${automation}/dry-run`);
  await page.getByLabel(/A row was added/).check();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("heading", { name: "What it would come to" }).waitFor();
  await is("a dry run");
});

test("addresses that do not exist", async () => {
  for (const one of payloads.filter((_, at) => at % 4 === 0)) {
    await page.goto(`/${encodeURIComponent(one)}`);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    assert.match(ana.complaints.shift(), /^console: Failed to load resource: .* 404 /);
    await inert(`the address ${one}`);
  }
});
