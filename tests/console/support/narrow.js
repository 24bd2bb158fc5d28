// A phone: nothing is wider than the screen.

/** What sticks out, if the page can be scrolled sideways; the innermost elements only. */
export async function sideways(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth);
    const inner = out.filter((one) => !out.some((other) => other !== one && one.contains(other)));
    const what = (one) => `${one.localName}.${one.className} "${one.textContent.trim().slice(0, 40)}"`;
    return [`${scrollWidth} px wide on a screen of ${clientWidth}: ${inner.slice(0, 5).map(what).join("; ")}`];
  });
}
