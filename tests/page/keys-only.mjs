// What the tests without a mouse share: where the focus is, and the way to a control by Tab.
import assert from "node:assert/strict";

const MAX_PRESSES = 140;

export const focused = (page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    const shown = node.closest(".button") ?? node;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const box = shown.getBoundingClientRect();
    return {
      name: node.id || node.getAttribute("aria-label") || node.textContent.trim() || node.value,
      outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      visible: box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= innerWidth,
    };
  });

/** Presses Tab until the control of that name, a text or a pattern, has the focus; returns what was passed. */
export async function tabTo(page, name) {
  const passed = [];
  const isIt = (control) => (name instanceof RegExp ? name.test(control.name) : control.name === name);
  for (let presses = 0; presses < MAX_PRESSES; presses += 1) {
    await page.keyboard.press("Tab");
    const control = await focused(page);
    passed.push(control);
    if (isIt(control)) return passed;
  }
  return assert.fail(`${name} is not reached: ${passed.map((control) => control.name).join(", ")}`);
}

/** Goes to a control and presses a key on it. */
export async function press(page, name, key = "Enter") {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** Waits until the control of that id has the focus. */
export const waitForFocus = (page, id) => page.waitForFunction((wanted) => document.activeElement.id === wanted, id);
