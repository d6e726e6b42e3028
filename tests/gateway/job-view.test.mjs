// A response is visible to the next request: in the list, in the ledger, and for the next job.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, postTo, waitFor } from "./job/jobs.mjs";

const CANCELLABLE = { jobDurationMs: 600_000 };
const FAILING = { request: { prompt: "A fox [fail]" } };

/** Jobs whose account and list are slow to respond. */
async function open(t, settings) {
  const jobs = await openJobs(t, { key: { maxConcurrentJobs: 1 }, ...settings });
  await postTo(`${jobs.gateway.url}/test/slow`, "1500");
  return jobs;
}

test("a duplicate of a job that is being indexed finds it in the list", async (t) => {
  const jobs = await open(t);
  const { apiKey } = await jobs.gateway.createKey();
  const ask = async (init) => {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const answer = await fetch(`${jobs.gateway.url}/v1/videos`, { ...init, headers: { ...headers, ...init?.headers } });
    return answer.json();
  };
  const listed = async () => {
    const body = JSON.stringify({ prompt: "A boat", filmgate: { provider: "runware" } });
    const { id } = await ask({ method: "POST", body, headers: { "idempotency-key": "one boat" } });
    const { data } = await ask();
    return [id, data.map((video) => video.id)];
  };
  const first = listed();
  await waitFor(() => jobs.gateway.logs().includes('"event":"created"'));
  for (const [id, list] of await Promise.all([listed(), first])) assert.deepEqual(list, [id]);
});

test("after a job is seen as failed the next can be created at once", async (t) => {
  const jobs = await open(t);
  const jobId = await jobs.create("runpod", FAILING);
  const text = await (await jobs.answerTo(`JOBS/${jobId}/events`, OWNER)).text();
  assert.match(text, /^event: end$/m);
  assert.match(text, /"status":"failed"/);
  const next = await jobs.create("runpod", FAILING);
  await jobs.until(next, "failed");
  await jobs.create("runpod");
});

test("after a job is cancelled the next can be created at once", async (t) => {
  const jobs = await open(t, CANCELLABLE);
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt);
  const { cancellation, video } = await jobs.job(jobId, "cancel", OWNER);
  assert.equal(cancellation.result, "cancelled");
  assert.equal(JSON.parse(video).status, "failed");
  await jobs.create("runpod");
});

test("after a manual reconciliation the report has it", async (t) => {
  const jobs = await open(t, CANCELLABLE);
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt);
  await jobs.job(jobId, "cancel", OWNER);
  await waitFor(async () => (await jobs.books()).open[0]?.pendingReason);
  const billing = { kind: "charged", microUsd: 123_456, isEstimate: false };
  assert.equal(await jobs.job(jobId, "reconcileManually", billing), true);
  assert.deepEqual(await jobs.books(), { spentMicroUsd: 123_456, reservedMicroUsd: 0, open: [] });
});
