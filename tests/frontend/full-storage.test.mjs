// A page whose `localStorage` is full: a job that a reload could not find is not submitted.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, results, servePage, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });

test("nothing is sent with an `id`, and the error says what to do", async (t) => {
  const { page, submissions, finish } = await open(t);
  await page.evaluate(() => {
    for (let text = "x".repeat(1 << 20), count = 0; text; ) {
      try {
        localStorage.setItem(`other-${count++}`, text);
      } catch {
        text = text.slice(0, text.length >> 1);
      }
    }
  });
  await click(page, "Submit");
  const { error } = await untilStatus(page, "failed");
  assert.deepEqual([error.code, error.charge, error.retryable], ["store_error", "none", true]);
  assert.match(error.message, /localStorage.*`id`/s);
  assert.deepEqual((await results(page, 1))[0], ["submit", null]);
  assert.equal(await submissions(), 0);
  assert.deepEqual(await page.evaluate(() => client.jobs()), []);
  await page.evaluate(() => localStorage.clear());
  await click(page, "Submit");
  await untilAccepted(page);
  await finish();
  await untilStatus(page, "completed");
  assert.equal(await submissions(), 1);
});
