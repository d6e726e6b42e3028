// The README's terminal session is what the commands print now: `npm run screencast:terminal` writes it to docs/.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { recordSession } from "../../scripts/terminal/session.mjs";

const MAX_BYTES = 200_000;

/** The words of a picture, without its frames' changes. */
const textOf = (svg) => svg.replace(/<[^>]+>/g, " ").replace(/&[^;]+;/g, " ").replace(/\s+/g, " ");

test("a quote, a video that is left alone, and its resumption are recorded", { timeout: 180_000 }, async () => {
  const { svg, frames } = await recordSession({ jobMs: 15_000, interruptAfterS: 1 });
  const folder = join(root, "tests", "output", "pictures");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "terminal.svg"), svg);
  assert.ok(frames > 20, `${frames} frames`);
  const committed = readFileSync(join(root, "docs", "terminal.svg"), "utf8");
  for (const picture of [svg, committed]) {
    assert.ok(picture.length <= MAX_BYTES, `${picture.length} bytes`);
    for (const said of [/filmgate quote/, /wan-2\.6/, /Resume it with/, /filmgate jobs/, /lighthouse\.mp4/]) assert.match(textOf(picture), said);
  }
});
