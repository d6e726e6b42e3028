// An admin reconciles manually, and the provider reports another end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openJobs, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

/** A job at RunPod that is no longer awaited, and the webhook URL that recovers it. */
async function lostJob(t) {
  const jobs = await openJobs(t, { vars: { RECONCILE_WINDOW_MINUTES: "0.02" } });
  await jobs.fault({ operation: "submit", fault: { kind: "resetAfter" } });
  await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runpod");
  const { filmgate } = await jobs.until(jobId, "failed");
  const [{ id }] = (await jobs.ledger()).submissions;
  const hook = await jobs.webhookUrlOf(jobId, "runpod", filmgate.handle.id);
  const comeBack = async () => {
    assert.equal(await postTo(hook, webhookBody("runpod", { id })), 200);
    await jobs.until(jobId, "completed");
  };
  return { jobs, jobId, comeBack };
}

const settled = (jobs) =>
  waitFor(async () => {
    const books = await jobs.books();
    return books.open.length === 0 && books;
  });

test("a job reconciled as not charged is charged if the provider charges it after all", async (t) => {
  const { jobs, jobId, comeBack } = await lostJob(t);
  assert.equal(await jobs.job(jobId, "reconcileManually", { kind: "not_charged" }), true);
  assert.equal((await settled(jobs)).spentMicroUsd, 0);
  await comeBack();
  const { totalMicroUsd } = await jobs.ledger();
  assert.ok(totalMicroUsd > 0);
  const { spentMicroUsd, reservedMicroUsd } = await waitFor(async () => {
    const books = await jobs.books();
    return books.spentMicroUsd > 0 && books;
  });
  assert.deepEqual([spentMicroUsd, reservedMicroUsd], [totalMicroUsd, 0]);
  assert.equal((await jobs.read(jobId)).filmgate.billing.kind, "charged");
});

test("a job reconciled as charged is charged once, whatever the provider reports", async (t) => {
  const { jobs, jobId, comeBack } = await lostJob(t);
  const billing = { kind: "charged", microUsd: 123_456, isEstimate: false };
  assert.equal(await jobs.job(jobId, "reconcileManually", billing), true);
  await settled(jobs);
  await comeBack();
  const { spentMicroUsd, reservedMicroUsd } = await settled(jobs);
  assert.deepEqual([spentMicroUsd, reservedMicroUsd], [123_456, 0]);
  assert.deepEqual((await jobs.read(jobId)).filmgate.billing, billing);
});

test("of two concurrent admins one reconciles it", async (t) => {
  const { jobs, jobId } = await lostJob(t);
  const answers = await Promise.all(
    [100, 200, 300].map((microUsd) =>
      jobs.job(jobId, "reconcileManually", { kind: "charged", microUsd, isEstimate: false }),
    ),
  );
  assert.deepEqual(answers.filter(Boolean), [true]);
  const { spentMicroUsd, reservedMicroUsd } = await settled(jobs);
  assert.equal(spentMicroUsd, [100, 200, 300][answers.indexOf(true)]);
  assert.equal(reservedMicroUsd, 0);
});
