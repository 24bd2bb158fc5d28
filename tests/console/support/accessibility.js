// What axe finds on a page.

import axe from "axe-core";

/** Everything, and a rule that axe leaves out unless asked. */
const ALL = { rules: { "target-size": { enabled: true } } };
/** What another width can change. */
const LAYOUT = { runOnly: ["color-contrast", "target-size"] };

/** Each fault as one line: the rule, where, and what axe says of it. `layoutAlone`: of a page that was judged in another width. */
export async function accessibility(page, { layoutAlone = false } = {}) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), layoutAlone ? LAYOUT : ALL);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}
