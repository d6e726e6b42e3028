// A lost submit, which may be billed: no reload, no other tab and no second click pays again.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, results, servePage, stateOf, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });

/** A page whose submit is lost. */
async function openLost(t, prepare = async () => {}) {
  const opened = await open(t, { provider: "runpod" });
  const prepared = await prepare(opened);
  await opened.sim.faults({ provider: "runpod", operation: "submit", fault: { kind: "resetAfter" } });
  await click(opened.page, "Submit");
  const { error } = await untilStatus(opened.page, "submission_unknown");
  assert.equal(error.charge, "unknown");
  await results(opened.page, 1);
  return { ...opened, prepared };
}

test("a reload shows it again", async (t) => {
  const { page, submissions } = await openLost(t);
  await page.reload();
  const { error, isPending, isUnfinished } = await untilStatus(page, "submission_unknown");
  assert.deepEqual([error.code, error.charge, isPending, isUnfinished ?? false], ["submission_unknown", "unknown", false, false]);
  assert.equal(await submissions(), 1);
});

test("it reaches a tab that was open before, and one that is opened after", async (t) => {
  const { open: openTab, url, prepared: before } = await openLost(t, async ({ open: openTab, url }) => {
    const tab = await openTab(url);
    assert.equal((await stateOf(tab)).status, "idle");
    return tab;
  });
  await untilStatus(before, "submission_unknown");
  await untilStatus(await openTab(url), "submission_unknown");
});

test("another submit sends nothing until `reset`, also after a reload", async (t) => {
  const { page, submissions, finish } = await openLost(t);
  await click(page, "Submit");
  assert.deepEqual((await results(page, 2))[1], ["submit", null]);
  await page.reload();
  await click(page, "Submit");
  assert.deepEqual((await results(page, 1))[0], ["submit", null]);
  assert.equal((await stateOf(page)).status, "submission_unknown");
  assert.equal(await submissions(), 1);
  await click(page, "Reset");
  await untilStatus(page, "idle");
  await click(page, "Submit");
  await untilAccepted(page);
  await finish();
  await untilStatus(page, "completed");
  assert.equal(await submissions(), 2);
});
