// Jobs that do not end for days: shown, polled once an hour, and reconciled by an admin.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

const HOUR = 3_600_000;
const ago = (hours) => ({ createdAt: Date.now() - hours * HOUR });

test("after a day it is stuck, stays reserved, and an admin can reconcile it", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware", ago(25));
  await waitFor(() => jobs.gateway.logs().includes('"code":"stuck"'));
  await jobs.until(jobId, "in_progress");
  const [open] = (await jobs.books()).open;
  assert.deepEqual([open.jobId, open.microUsd], [jobId, 2_000_000]);
  assert.equal(await jobs.job(jobId, "reconcileManually", { kind: "not_charged" }), true);
  await waitFor(async () => (await jobs.books()).open.length === 0);
});

test("an admin cannot reconcile a healthy job", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "in_progress");
  assert.equal(await jobs.job(jobId, "reconcileManually", { kind: "not_charged" }), false);
});

test("after eight days it has failed, and is pending; its end is still processed", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware", ago(9 * 24));
  const failed = await jobs.until(jobId, "failed");
  assert.equal(failed.error.code, "timeout");
  await waitFor(async () => (await jobs.books()).open[0]?.pendingReason === "charge_unknown");
  // Nothing else reports the end.
  await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
  await jobs.control("advance", { ms: 600_000 });
  assert.equal((await jobs.ledger()).submissions.length, 1);
  const { id: key } = failed.filmgate.handle;
  const hook = await jobs.webhookUrlOf(jobId, "runware", key);
  assert.equal(await postTo(hook, webhookBody("runware", { key })), 200);
  await jobs.until(jobId, "completed");
});

test("a provider that stops responding does not keep a job open forever", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt);
  await jobs.fault({ operation: "poll", times: 1_000, fault: { kind: "error", status: 503 } });
  const days = (count) => jobs.job(jobId, "wake", count * 24 * HOUR);
  await days(2);
  await waitFor(() => jobs.gateway.logs().includes('"code":"stuck"'));
  assert.notEqual((await jobs.read(jobId)).status, "failed");
  await days(7);
  assert.equal((await jobs.read(jobId)).error.code, "timeout");
  await waitFor(async () => (await jobs.books()).open[0]?.pendingReason === "charge_unknown");
});

for (const method of ["read", "abandon"]) {
  test(`${method}: an alarm that a killed engine lost is set again by a read`, async (t) => {
    const jobs = await openJobs(t, { jobDurationMs: 6_000 });
    // Nobody else wakes it.
    await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
    const jobId = await jobs.create("runware");
    await jobs.until(jobId, "in_progress");
    await jobs.job(jobId, "forgotten", 60_000, method, OWNER);
    await waitFor(async () => (await jobs.books()).open.length === 0);
    await jobs.until(jobId, "completed");
  });
}

test("an alarm that is lost again is set again", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 6_000 });
  await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "in_progress");
  // An alarm that is running meanwhile sets the next one.
  await waitFor(async () => {
    await jobs.job(jobId, "forgotten", 60_000, "read", OWNER, true);
    return (await jobs.job(jobId, "wakesAt")) === null;
  });
  await jobs.job(jobId, "forgotten", 180_000, "read", OWNER);
  await waitFor(async () => (await jobs.books()).open.length === 0);
  await jobs.until(jobId, "completed");
});
