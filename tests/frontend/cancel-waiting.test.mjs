// A submit that waits for its turn, because another tab tracks a job that was reset.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, holdLock, results, servePage, untilAccepted, untilStatus, waiting } from "./hook.mjs";

const open = await servePage({ after });

test("a cancel leaves it, and it is not sent when its turn comes", async (t) => {
  const { page, open: openTab, origin, finish, submissions } = await open(t);
  const other = await openTab(`${origin}/page.js`);
  const lock = await holdLock(other);
  await lock.isHeld;
  await click(page, "Submit");
  await waiting(other, 1);
  await untilStatus(page, "submitting");
  await click(page, "Cancel");
  const seen = await results(page, 2);
  assert.deepEqual(seen.toSorted(), [["cancel", "cancelled"], ["submit", null]]);
  assert.equal((await untilStatus(page, "idle")).isPending, false);
  await waiting(other, 0);
  await lock.free();
  await click(page, "Submit");
  await untilAccepted(page);
  await finish();
  await untilStatus(page, "completed");
  assert.equal(await submissions(), 1);
});
