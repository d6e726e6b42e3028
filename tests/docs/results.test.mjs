// The pages show the figures of bench/results/ as they are.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PAGES, filled } from "../../bench/docs/blocks.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { pages } from "./lib/pages.mjs";

const textOf = (page) => readFileSync(join(root, page), "utf8");

for (const page of PAGES) {
  test(`${page} has the present results`, () => {
    assert.equal(textOf(page), filled(textOf(page)), "`npm run bench:docs` writes them");
  });
}

test("no other page has a block of results, and each one ends", () => {
  const withBlocks = pages().filter((page) => /^<!-- results: /m.test(textOf(page)));
  assert.deepEqual(withBlocks.sort(), [...PAGES].sort());
  for (const page of PAGES) {
    const [opened, closed] = [/^<!-- results: \w+ -->$/gm, /^<!-- \/results -->$/gm].map((line) => textOf(page).match(line).length);
    assert.equal(opened, closed, page);
  }
});

test("a figure that is changed manually is noticed, and a block that does not exist fails", () => {
  const changed = textOf("docs/compared.md").replace(/(?<=\| \*\*filmgate\*\* \| )\d/, (digit) => (Number(digit) + 1) % 10);
  assert.notEqual(filled(changed), changed);
  assert.throws(() => filled("<!-- results: nothing -->\n<!-- /results -->"), /no block of results named nothing/);
});
