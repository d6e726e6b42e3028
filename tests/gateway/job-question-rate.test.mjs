// However a job is woken, its provider is asked about it at most once a second.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

/** When the provider was asked about the job, in milliseconds. */
async function questionsOf(jobs, jobId) {
  const { id } = (await jobs.read(jobId)).filmgate.handle;
  const all = await jobs.call("questions");
  return all.filter((question) => question.id === id).map(({ at }) => at);
}

function assertSpread(times) {
  const gaps = times.slice(1).map((at, index) => at - times[index]);
  assert.ok(gaps.every((gap) => gap >= 1_000), `milliseconds between questions: ${gaps.join(", ")}`);
}

test("after a cancel, and among webhooks, the next question waits its turn", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt);
  const { id: key } = (await jobs.read(jobId)).filmgate.handle;
  const hook = await jobs.webhookUrlOf(jobId, "runware", key);
  for (let time = 0; time < 3; time++) {
    const { cancellation } = await jobs.job(jobId, "cancel", OWNER);
    assert.equal(cancellation.result, "unsupported");
    assert.equal(await postTo(hook, webhookBody("runware", { key })), 200);
  }
  const { length } = await questionsOf(jobs, jobId);
  await waitFor(async () => (await questionsOf(jobs, jobId)).length > length);
  assertSpread(await questionsOf(jobs, jobId));
});

test("an unknown submit is asked for once a poll, answered or not, and once more when it is found", async (t) => {
  const jobs = await openJobs(t, { vars: { RECONCILE_WINDOW_MINUTES: "60" } });
  await jobs.fault({ provider: "runware", operation: "submit", times: 9, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runware");
  await waitFor(async () => (await jobs.ledger()).submissions.length > 0);
  const minutes = (count) => jobs.job(jobId, "wake", count * 60_000);
  await waitFor(async () => {
    await minutes(2);
    return (await jobs.books()).open[0]?.pendingReason === "submission_unknown";
  });
  await minutes(5);
  const before = (await questionsOf(jobs, jobId)).length;
  await minutes(5);
  assert.equal((await questionsOf(jobs, jobId)).length, before + 1, "answered");
  await jobs.fault({ provider: "runware", operation: "poll", times: 1, fault: { kind: "error", status: 503 } });
  await minutes(5);
  assert.equal((await questionsOf(jobs, jobId)).length, before + 2, "not answered");
  await jobs.control("faults", []);
  const { id, providerModelId } = (await jobs.read(jobId)).filmgate.handle;
  const task = { taskType: "videoInference", taskUUID: id, model: providerModelId, positivePrompt: "A fox in the snow" };
  const body = JSON.stringify([{ ...task, duration: 5, width: 1280, height: 720, deliveryMethod: "async", includeCost: true }]);
  const headers = { authorization: "Bearer runware-simulated", "content-type": "application/json" };
  assert.equal((await fetch(jobs.simulator.runware, { method: "POST", headers, body })).status, 200);
  await waitFor(async () => {
    await minutes(5);
    return (await jobs.read(jobId)).status === "completed";
  });
  assertSpread(await questionsOf(jobs, jobId));
});
