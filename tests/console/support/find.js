// What people do on the way to what a test is about: finding an automation by its name, making one, reading what they were told.

import assert from "node:assert/strict";

/** The address of an automation that somebody may see. */
export async function found({ page }, name) {
  await page.goto(`/search?q=${encodeURIComponent(name)}`);
  const link = page.locator("main").getByRole("link", { name, exact: true });
  return link.getAttribute("href");
}

/** Opens a page of it: `""`, `/setup`, `/consent`, `/people`, …; its address. */
export async function opened(somebody, name, end = "") {
  const at = await found(somebody, name);
  await somebody.page.goto(at + end);
  await somebody.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  return at;
}

/** Its state in words, and whom it runs as. */
export async function head({ page }) {
  await page.waitForLoadState();
  const text = await page.locator(".head").innerText();
  return { state: await page.locator(".head .state").innerText(), runsAs: /runs as ([^·]+?)\s*(·|$)/.exec(text)[1] };
}

/** What stands on the page. A click is over when the next page begins, so all of it is waited for. */
export async function text({ page }) {
  await page.waitForLoadState();
  return page.locator("main").innerText();
}

/** That it says so. */
export async function says(somebody, pattern) {
  assert.match(await text(somebody), pattern);
}

/** That it does not. */
export async function saysNot(somebody, pattern) {
  assert.doesNotMatch(await text(somebody), pattern);
}

/** Presses a button that leads to another page. */
export async function press({ page }, name) {
  // Else what is waited for could be the end of the page before.
  await page.waitForLoadState();
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
}

/** How many links or buttons of that name there are. */
export async function count({ page }, role, name) {
  await page.waitForLoadState();
  return page.getByRole(role, { name, exact: true }).count();
}

/** Sends a form that the page does not offer, as somebody who kept an old page would; what is answered, as text. */
export async function post({ page }, path, fields = {}) {
  return page.evaluate(
    async ({ path, fields }) => {
      const csrf = document.querySelector('input[name="csrf"]').value;
      const answer = await fetch(path, { method: "POST", body: new URLSearchParams({ ...fields, csrf }) });
      const answered = new DOMParser().parseFromString(await answer.text(), "text/html");
      return `${answer.status} ${answered.querySelector("main")?.textContent}`;
    },
    { path, fields },
  );
}

/** The names in one's own list. */
export async function listed({ page }) {
  await page.goto("/automations");
  return (await page.locator("main tbody th a").allInnerTexts()).sort();
}

/** What one was told about automations, the last first. */
export async function notices({ page }) {
  await page.goto("/inbox");
  const about = page.locator("section", { has: page.getByRole("heading", { name: "About automations" }) });
  return about.getByRole("listitem").allInnerTexts();
}

/** The runs of an automation, as far as one may know of them, the last first: what each is about, and where it is. */
export async function runs({ page }, at) {
  await page.goto(`/runs?automation=${at.split("/").pop()}`);
  return page.locator("main tbody th a").evaluateAll((all) => all.map((one) => [one.innerText, one.getAttribute("href")]));
}

/** Makes an automation, in a workspace if one is named; where its pages are. */
export async function made({ page }, name, { workspace, main = false } = {}) {
  await page.goto("/automations/new");
  await page.getByLabel("What is it called?").fill(name);
  if (workspace) await page.getByLabel("In which workspace? It stays there.").selectOption(workspace);
  if (main) await page.getByLabel("Everyone in the workspace may see it").check();
  await press({ page }, "Make it");
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  return new URL(page.url()).pathname.replace(/\/setup$/, "");
}

/** Begins the form with another plugin. */
export async function plugged(somebody, plugin) {
  await somebody.page.getByLabel("Plugin").selectOption({ label: `${plugin} 0.1.0` });
  await press(somebody, "Take this plugin");
}
