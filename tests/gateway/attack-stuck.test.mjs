// A provider that stops responding: no job is polled forever, and reservations can be reconciled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, PROVIDERS, openJobs, waitFor } from "./job/jobs.mjs";

const HOUR = 3_600_000;
const KEY_IS_GONE = ["poll", "details"].map((operation) => ({
  operation,
  times: 100_000,
  fault: { kind: "error", status: 401 },
}));

/** A job that was submitted so long ago, at a provider that has not responded since. */
async function stuckJob(t, provider, hours) {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create(provider);
  await jobs.until(jobId, (video) => video.filmgate.handle.acceptedAt);
  for (const rule of KEY_IS_GONE) await jobs.fault(rule);
  await jobs.job(jobId, "wake", hours * HOUR);
  return { jobs, jobId };
}

for (const provider of PROVIDERS) {
  test(`${provider}: after a day it is stuck, and an admin can reconcile it`, async (t) => {
    const { jobs, jobId } = await stuckJob(t, provider, 25);
    await waitFor(() => jobs.gateway.logs().includes('"code":"stuck"'));
    const billing = { kind: "charged", microUsd: 400_000, isEstimate: false };
    assert.equal(await jobs.job(jobId, "reconcileManually", billing), true);
    await waitFor(async () => (await jobs.books()).open.length === 0);
    assert.equal((await jobs.books()).spentMicroUsd, 400_000);
  });

  test(`${provider}: after eight days it has failed, and is pending`, async (t) => {
    const { jobs, jobId } = await stuckJob(t, provider, 9 * 24);
    const { error } = await jobs.until(jobId, "failed");
    assert.equal(error.code, "timeout");
    await waitFor(async () => (await jobs.books()).open[0]?.pendingReason === "charge_unknown");
    assert.equal(await jobs.job(jobId, "delete", OWNER), true);
  });
}

test("a job that was stuck, and then ended with its cost, is not reconciled: the job and the ledger agree", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, (video) => video.filmgate.handle.acceptedAt);
  for (const rule of KEY_IS_GONE) await jobs.fault({ ...rule, times: 1 });
  await jobs.job(jobId, "wake", 25 * HOUR);
  await waitFor(() => jobs.gateway.logs().includes('"code":"stuck"'));
  await jobs.control("faults", []);
  await jobs.control("advance", { ms: 600_000 });
  await jobs.job(jobId, "wake", 2 * HOUR);
  const { filmgate } = await jobs.until(jobId, "completed");
  const { spentMicroUsd } = await jobs.books();
  assert.equal(spentMicroUsd, filmgate.billing.microUsd);
  for (const billing of [{ kind: "charged", microUsd: 1, isEstimate: false }, { kind: "not_charged" }]) {
    assert.equal(await jobs.job(jobId, "reconcileManually", billing), false);
    assert.deepEqual((await jobs.read(jobId)).filmgate.billing, filmgate.billing);
  }
  assert.equal((await jobs.books()).spentMicroUsd, spentMicroUsd);
});
