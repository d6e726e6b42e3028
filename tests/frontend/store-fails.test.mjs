// IndexedDB fails once when the page is loaded, as Safari's does: a job that is running stays one.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, servePage, until, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });

/** Runs in a page: as often as `fail(times)` said before a reload, the database does not open. */
function failToOpen() {
  let left = Number(sessionStorage.getItem("failures"));
  sessionStorage.removeItem("failures");
  const real = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    if (left-- <= 0) return real.apply(this, given);
    const request = { error: new DOMException("Connection to Indexed Database server lost", "UnknownError") };
    setTimeout(() => request.onerror(new Event("error")));
    return request;
  };
}
const fail = (page, times) => page.evaluate((times) => sessionStorage.setItem("failures", times), times);

test("the job is tracked by its handle", async (t) => {
  const { page, finish, submissions } = await open(t, { provider: "runware", init: failToOpen });
  await click(page, "Submit");
  const { handle } = await untilAccepted(page);
  await fail(page, 1);
  await page.reload();
  assert.equal((await untilAccepted(page)).handle.id, handle.id);
  await finish();
  await untilStatus(page, "completed");
  assert.equal(await submissions(), 1);
});

test("a job that is not accepted is unfinished, and a submit tracks it", async (t) => {
  const { page, sim, finish, submissions } = await open(t, { provider: "runware", init: failToOpen });
  await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 3_000 } });
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await click(page, "Submit");
  await sent;
  await fail(page, 1);
  await page.reload();
  const { error, isPending } = await until(page, ({ isUnfinished }) => isUnfinished, "unfinished job");
  assert.deepEqual([error.code, isPending], ["store_error", false]);
  await click(page, "Submit");
  await untilAccepted(page);
  await finish();
  await untilStatus(page, "completed");
  assert.equal(await submissions(), 1);
});
