// The keyboard alone: Tab reaches every control, in the order of the page, and one sees where one is.

/** Runs in the page: every control that can be used now, as `{ what, live }`. `live` ones are there only with JavaScript. */
export function controls() {
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  const usable = [...all].filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden");
  const here = usable.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]"));
  const chosen = (one) => here.find((other) => other.name === one.name && other.form === one.form && other.checked);
  const first = (one) => here.find((other) => other.name === one.name && other.form === one.form);
  // Of the buttons of one choice, Tab stops at one.
  const stops = here.filter((one) => one.type !== "radio" || one === (chosen(one) ?? first(one)));
  const said = (one) => (one.labels?.[0] ?? one).textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  window.stops = stops;
  return stops.map((one) => ({ what: `${one.localName} "${said(one)}"`, live: Boolean(one.closest("[data-live]")) }));
}

/** Runs in the page: which control has the focus, and whether one sees it. What scrolls may have it, too, and is none. */
function focused() {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const scrolls = one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth;
  const seen = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  const closed = one.localName === "summary" && !one.parentElement.open;
  return { at: window.stops.indexOf(one), seen, closed, scroller: scrolls && one !== document.body };
}

/** Every control that there is once all disclosures are open. They are closed again. */
async function withAllOpen(page) {
  const closed = await page.$$("details:not([open])");
  const turn = (open) => Promise.all(closed.map((one) => one.evaluate((details, open) => (details.open = open), open)));
  await turn(true);
  const all = await page.evaluate(controls);
  await turn(false);
  return all;
}

/** Presses Tab through the whole page, and Enter on each disclosure that is closed. */
export async function keyboard(page) {
  // The start of the page, wherever an earlier step was.
  await page.evaluate(() => document.activeElement.blur());
  const all = await withAllOpen(page);
  const faults = [];
  for (let expected = 0, pressed = 0; expected < all.length; pressed += 1) {
    await page.keyboard.press("Tab");
    const { at, seen, scroller, closed } = await page.evaluate(focused);
    if (at === -1 && scroller && pressed < 2 * all.length) continue;
    const { what } = all[expected];
    if (at !== expected) return [...faults, `Tab leads to ${all[at]?.what ?? "nothing"} in place of ${what}`];
    if (!seen) faults.push(`one does not see that ${what} has the focus`);
    if (closed) await page.keyboard.press("Enter");
    expected += 1;
  }
  return faults;
}
