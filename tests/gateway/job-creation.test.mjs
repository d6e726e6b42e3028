// Jobs that go to another provider, or to none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, OWNER, openJobs, waitFor } from "./job/jobs.mjs";

test("a job that one provider rejects goes to the next", async (t) => {
  const jobs = await openJobs(t);
  const refusal = { kind: "error", status: 404 };
  await jobs.fault({ provider: "runpod", operation: "submit", fault: refusal });
  const jobId = await jobs.create(["runpod", "runware"]);
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.handle.provider, "runware");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.deepEqual(
    accepted.map(({ provider }) => provider),
    ["runware"],
  );
});

test("a job that no provider offers at that price fails, and is not charged", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("cheapest", { reservedMicroUsd: 1 });
  const video = await jobs.until(jobId, "failed");
  assert.equal(video.error.code, "budget_exceeded");
  assert.deepEqual(video.filmgate.billing, { kind: "not_charged" });
  await waitFor(async () => (await jobs.books()).open.length === 0);
  assert.deepEqual((await jobs.ledger()).submissions, []);
});

test("a busy provider is retried, and has the job once", async (t) => {
  const jobs = await openJobs(t);
  const busy = { kind: "rateLimit", retryAfter: 1 };
  await jobs.fault({ operation: "submit", times: 6, fault: busy });
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, "completed");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.equal(accepted.length, 1);
});

test("after the response the job is in the list, before its alarm runs", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.call("JOBS/new");
  await jobs.job(jobId, "createAsleep", jobs.specOf("runware"));
  const list = await jobs.call(`JOB_INDEX/${ACCOUNT}/list`, { limit: 10, order: "desc" });
  assert.deepEqual(list.entries.map((entry) => entry.jobId), [jobId]);
  assert.deepEqual((await jobs.ledger()).submissions, []);
});

test("a request longer than a storage value survives a restart", async (t) => {
  const jobs = await openJobs(t);
  const prompt = "雪の中の狐 ".repeat(300_000);
  const jobId = await jobs.create("runware", { request: { prompt } });
  await jobs.gateway.restart();
  const video = await jobs.until(jobId, "failed");
  assert.equal(video.prompt, prompt);
  assert.equal(video.error.code, "invalid_request");
});

test("without a known price nothing limits the cost, and the reported cost is recorded", async (t) => {
  const jobs = await openJobs(t);
  const request = { model: "runpod:echo-video", input: { prompt: "A fox" } };
  const only = { prompt: undefined, duration: undefined, resolution: undefined };
  const jobId = await jobs.create("runpod", {
    request: { ...only, ...request },
    reservedMicroUsd: null,
  });
  await jobs.until(jobId, "completed");
  const { totalMicroUsd } = await jobs.ledger();
  assert.ok(totalMicroUsd > 0);
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});
