// The moving picture of the README is the current page: `npm run screencast` writes it to docs/.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VIEWPORT, recordScreencast } from "../../scripts/lib/screencast.mjs";
import { PICTURES } from "./pictures.mjs";
import { openPage } from "./support.mjs";

const MAX_BYTES = 600_000;

test("a request is quoted, submitted and played", async (t) => {
  const { page } = await openPage(t, { context: { viewport: VIEWPORT } });
  const path = join(PICTURES, "screencast.webp");
  const taken = await recordScreencast(page, path);
  const file = readFileSync(path);
  assert.equal(file.toString("latin1", 8, 16), "WEBPVP8X");
  // Frames without a change are one frame.
  const frames = file.toString("latin1").split("ANMF").length - 1;
  assert.ok(frames > taken / 2 && frames <= taken, `${frames} of ${taken} frames`);
  assert.ok(file.length <= MAX_BYTES, `${file.length} bytes`);
});
