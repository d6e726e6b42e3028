// DELETE of a batch cancels what has not begun; what has begun continues.
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "./api.mjs";
import { openBatches, requests, statuses } from "./batches/gateway.mjs";

test("what has not begun never begins, and what has begun ends as it would", async (t) => {
  const served = await openBatches(t, { jobDurationMs: 600_000 });
  const apiKey = await served.createKey();
  const { id } = await served.create(apiKey, { requests: requests("One", "Two", "Three", "Four"), budgetUsd: 10, maxConcurrency: 2 });
  await waitFor(async () => (await served.read(id, apiKey)).request_counts.running === 2);
  const cancel = () => served.call(`/v1/video-batches/${id}`, { apiKey, method: "DELETE" });
  const { status, body } = await cancel();
  assert.equal(status, 200);
  assert.deepEqual(statuses(body), ["running", "running", "not_started", "not_started"]);
  assert.deepEqual(body.items.slice(2).map(({ reason }) => reason), ["cancelled", "cancelled"]);
  await waitFor(async () => (await served.control("ledger")).submissions.length >= 2);
  await served.control("advance", { ms: 600_000 });
  const end = await served.batchEnded(id, apiKey);
  assert.deepEqual(statuses(end), ["completed", "completed", "not_started", "not_started"]);
  assert.deepEqual((await cancel()).body, end);
  assert.equal((await served.control("ledger")).submissions.length, 2);
});

test("one of its videos is cancelled like any other, and the batch goes on", async (t) => {
  const served = await openBatches(t, { jobDurationMs: 60_000 });
  const apiKey = await served.createKey();
  const { id } = await served.create(apiKey, { requests: requests("One", "Two"), budgetUsd: 10, maxConcurrency: 1 });
  const first = await waitFor(async () => (await served.read(id, apiKey)).items[0].video_id);
  await waitFor(async () => (await served.control("ledger")).submissions.length === 1);
  await served.call(`/v1/videos/${first}/cancel`, { apiKey, method: "POST" });
  // This provider cannot cancel: its video is made all the same.
  await served.control("advance", { ms: 60_000 });
  const next = await waitFor(async () => (await served.read(id, apiKey)).items[1].video_id);
  assert.notEqual(next, first);
});
