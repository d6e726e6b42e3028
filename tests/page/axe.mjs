// axe on the page as it is now, with best practice, and contrast of level AAA.
import assert from "node:assert/strict";
import axe from "axe-core";

/** Without the results that nobody reads: what passes is most of a page. */
const OPTIONS = { rules: { "color-contrast-enhanced": { enabled: true } }, resultTypes: ["violations"] };

/** axe itself writes markup, which the page's policy would block: open the page with this. */
export const AXE_CONTEXT = { bypassCSP: true };

export async function assertAccessible(page, state) {
  // What fades in has less contrast until it is there.
  await page.evaluate(() => {
    const ends = ({ playState, effect }) => playState === "running" && Number.isFinite(effect.getComputedTiming().endTime);
    return Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
  });
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((given) => window.axe.run(document, given), OPTIONS);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, [], state);
}
