// Orders that take another way, or none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, waitFor } from "./job/jobs.mjs";

test("an order that one provider turns away goes to the next", async (t) => {
  const jobs = await openJobs(t);
  const refusal = { kind: "error", status: 404 };
  await jobs.fault({ provider: "runpod", operation: "submit", fault: refusal });
  const jobId = await jobs.begin(["runpod", "runware"]);
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.handle.provider, "runware");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.deepEqual(
    accepted.map(({ provider }) => provider),
    ["runware"],
  );
});

test("an order that no provider may take at that price is refused, and free", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.begin("cheapest", { reservedMicroUsd: 1 });
  const video = await jobs.until(jobId, "failed");
  assert.equal(video.error.code, "budget_exceeded");
  assert.deepEqual(video.filmgate.billing, { kind: "not_charged" });
  await waitFor(async () => (await jobs.books()).open.length === 0);
  assert.deepEqual((await jobs.ledger()).submissions, []);
});

test("a provider that is too busy for long is tried again, and has the job once", async (t) => {
  const jobs = await openJobs(t);
  const busy = { kind: "rateLimit", retryAfter: 1 };
  await jobs.fault({ operation: "submit", times: 6, fault: busy });
  const jobId = await jobs.begin("runpod");
  await jobs.until(jobId, "completed");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.equal(accepted.length, 1);
});

test("who is answered finds the job in the list, before its alarm has done anything", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.call("JOBS/new");
  await jobs.job(jobId, "createAsleep", jobs.order("runware"));
  const list = await jobs.call(`JOB_INDEX/${OWNER}/list`, { limit: 10, order: "desc" });
  assert.deepEqual(list.entries.map((entry) => entry.jobId), [jobId]);
  assert.deepEqual((await jobs.ledger()).submissions, []);
});

test("an order longer than a value of the storage outlives the engine", async (t) => {
  const jobs = await openJobs(t);
  const prompt = "雪の中の狐 ".repeat(300_000);
  const jobId = await jobs.begin("runware", { request: { prompt } });
  await jobs.gateway.restart();
  const video = await jobs.until(jobId, "failed");
  assert.equal(video.prompt, prompt);
  assert.equal(video.error.code, "invalid_request");
});

test("without a known price nothing limits the cost, and what is told is booked", async (t) => {
  const jobs = await openJobs(t);
  const request = { model: "runpod:echo-video", input: { prompt: "A fox" } };
  const only = { prompt: undefined, duration: undefined, resolution: undefined };
  const jobId = await jobs.begin("runpod", {
    request: { ...only, ...request },
    reservedMicroUsd: null,
  });
  await jobs.until(jobId, "completed");
  const { totalMicroUsd } = await jobs.ledger();
  assert.ok(totalMicroUsd > 0);
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});
