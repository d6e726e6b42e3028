// A submit whose response was lost: never sent again, pending, and recovered by a webhook however late.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openJobs, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

const LOST = { operation: "submit", fault: { kind: "resetAfter" } };
const SILENT = { operation: "webhook", times: 100, fault: { kind: "resetBefore" } };

/** A job at RunPod whose answer and webhooks are all lost. */
async function lostJob(t, minutes) {
  const jobs = await openJobs(t, { vars: { RECONCILE_WINDOW_MINUTES: minutes } });
  await jobs.fault(LOST);
  await jobs.fault(SILENT);
  const jobId = await jobs.create("runpod");
  return { jobs, jobId };
}

const isHeld = (jobs) =>
  waitFor(async () => (await jobs.books()).open[0]?.pendingReason === "submission_unknown");

test("RunPod: within the window it is in progress and pending; a webhook recovers the video", async (t) => {
  const { jobs, jobId } = await lostJob(t, "60");
  await isHeld(jobs);
  const waiting = await jobs.read(jobId);
  assert.deepEqual([waiting.status, waiting.filmgate.status], ["in_progress", "reconciling"]);
  const [{ id }] = (await jobs.ledger()).submissions;
  const hook = await jobs.webhookUrlOf(jobId, "runpod", waiting.filmgate.handle.id);
  assert.equal(await postTo(hook, webhookBody("runpod", { id })), 200);
  await jobs.until(jobId, "completed");
  const { submissions, totalMicroUsd } = await jobs.ledger();
  assert.equal(submissions.length, 1);
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});

test("RunPod: after the window it has failed and stays pending; a late webhook recovers it", async (t) => {
  const { jobs, jobId } = await lostJob(t, "0.02");
  const failed = await jobs.until(jobId, "failed");
  assert.equal(failed.error.code, "submission_unknown");
  await isHeld(jobs);
  const { submissions } = await jobs.ledger();
  assert.equal(submissions.length, 1);
  const hook = await jobs.webhookUrlOf(jobId, "runpod", failed.filmgate.handle.id);
  assert.equal(await postTo(hook, webhookBody("runpod", { id: submissions[0].id })), 200);
  const video = await jobs.until(jobId, "completed");
  assert.deepEqual([video.error, video.filmgate.archived], [null, true]);
  const { totalMicroUsd } = await jobs.ledger();
  await waitFor(async () => {
    const { spentMicroUsd, open } = await jobs.books();
    return spentMicroUsd === totalMicroUsd && open.length === 0;
  });
});

test("RunPod: an id that RunPod does not know is polled for minutes, and its amount stays reserved", async (t) => {
  const { jobs, jobId } = await lostJob(t, "60");
  await isHeld(jobs);
  const { id: key } = (await jobs.read(jobId)).filmgate.handle;
  const hook = await jobs.webhookUrlOf(jobId, "runpod", key);
  const before = await jobs.job(jobId, "seen");
  assert.equal(before.at(-1), "reconciling");
  assert.equal(await postTo(hook, webhookBody("runpod", { id: "no-such-job-u1" })), 200);
  // RunPod may not show a job that it has just accepted: it looks as if it were there.
  await waitFor(async () => (await jobs.job(jobId, "seen")).length > before.length);
  await isHeld(jobs);
  assert.equal((await jobs.ledger()).submissions.length, 1);
});

test("RunPod: a manual reconciliation is final", async (t) => {
  const { jobs, jobId } = await lostJob(t, "0.02");
  await jobs.until(jobId, "failed");
  const billing = { kind: "charged", microUsd: 123_456, isEstimate: false };
  assert.equal(await jobs.job(jobId, "reconcileManually", billing), true);
  await waitFor(async () => (await jobs.books()).spentMicroUsd === 123_456);
  assert.equal(await jobs.job(jobId, "reconcileManually", { kind: "not_charged" }), false);
  const video = await jobs.read(jobId);
  assert.deepEqual(video.filmgate.billing, billing);
  assert.deepEqual((await jobs.books()).open, []);
});

test("Runware is polled for it, and nothing is sent again", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(LOST);
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "completed");
  const { submissions, totalMicroUsd } = await jobs.ledger();
  assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, 1);
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});

/** A job that Runware never received, and what its owner sees so many minutes later. */
async function neverReceived(t) {
  const jobs = await openJobs(t, { vars: { RECONCILE_WINDOW_MINUTES: "60" } });
  await jobs.fault({ provider: "runware", operation: "submit", times: 9, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runware");
  await waitFor(async () => (await jobs.ledger()).submissions.length > 0);
  const minutes = async (count) => {
    await jobs.job(jobId, "wake", count * 60_000);
    return jobs.read(jobId);
  };
  return { jobs, jobId, minutes };
}

test("Runware: a submit that it does not know for an hour was not charged, as an estimate", async (t) => {
  const { jobs, jobId, minutes } = await neverReceived(t);
  for (let past = 0; past < 12; past++) await minutes(2);
  await isHeld(jobs);
  const { status, filmgate } = await jobs.read(jobId);
  assert.deepEqual([status, filmgate.status], ["in_progress", "reconciling"]);
  assert.deepEqual([filmgate.waiting.provider, filmgate.waiting.reason], ["runware", "submission_unknown"]);
  for (let past = 0; past < 10; past++) await minutes(5);
  await waitFor(async () => (await jobs.books()).open.length === 0);
  const failed = await jobs.read(jobId);
  assert.equal(failed.error.code, "submission_unknown");
  assert.deepEqual(failed.filmgate.billing, { kind: "not_charged", isEstimate: true });
  assert.equal(failed.filmgate.waiting, undefined);
  assert.deepEqual([(await jobs.books()).spentMicroUsd, (await jobs.books()).reservedMicroUsd], [0, 0]);
  const { submissions } = await jobs.ledger();
  assert.ok(submissions.every(({ outcome }) => outcome !== "accepted"));
  const ends = jobs.gateway.logs().match(/"event":"ended"/g);
  assert.equal(ends.length, 1);
});

for (const operation of ["poll", "details"]) {
  test(`Runware: an unknown submit stays pending while its ${operation} is not answered`, async (t) => {
    const { jobs, minutes } = await neverReceived(t);
    for (let past = 0; past < 4; past++) await minutes(2);
    await isHeld(jobs);
    await jobs.fault({ provider: "runware", operation, times: 1000, fault: { kind: "error", status: 503 } });
    for (let past = 0; past < 15; past++) await minutes(5);
    assert.equal((await minutes(60)).error.code, "submission_unknown");
    await isHeld(jobs);
  });
}

test("Runware: a job that is found after it was taken for not charged is charged", async (t) => {
  const { jobs, jobId, minutes } = await neverReceived(t);
  for (let past = 0; past < 24; past++) await minutes(5);
  await waitFor(async () => (await jobs.books()).open.length === 0);
  const { filmgate } = await jobs.read(jobId);
  assert.deepEqual(filmgate.billing, { kind: "not_charged", isEstimate: true });
  // The submit arrives after all.
  await jobs.control("faults", []);
  const { id, providerModelId } = filmgate.handle;
  const task = { taskType: "videoInference", taskUUID: id, model: providerModelId, positivePrompt: "A fox in the snow" };
  const body = JSON.stringify([{ ...task, duration: 5, width: 1280, height: 720, deliveryMethod: "async", includeCost: true }]);
  const headers = { authorization: "Bearer runware-simulated", "content-type": "application/json" };
  const answer = await fetch(jobs.simulator.runware, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
  const hook = await jobs.webhookUrlOf(jobId, "runware", id);
  assert.equal(await postTo(hook, webhookBody("runware", { key: id })), 200);
  const video = await waitFor(async () => {
    const read = await minutes(0.1);
    return read.status === "completed" && read;
  });
  assert.equal(video.filmgate.billing.kind, "charged");
  const { totalMicroUsd } = await jobs.ledger();
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});
