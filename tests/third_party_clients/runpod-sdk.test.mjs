// RunPod's own JavaScript client.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ENDPOINT, INPUT, RUN_MS, isVideo, simulator } from "./support.mjs";

const { runpod: baseUrl, ledger } = await simulator();
const { default: runpod } = await import("runpod-sdk");
const endpoint = (key) => runpod(key, { baseUrl }).endpoint(ENDPOINT);

test("a video is submitted, polled and downloaded", async () => {
  const client = endpoint("any-key");
  const { id, status } = await client.run({ input: INPUT });
  assert.equal(status, "IN_QUEUE");
  const early = await client.status(id);
  assert.deepEqual([early.started, early.completed], [true, false]);
  const ended = await client.statusSync(id, RUN_MS * 10);
  assert.deepEqual([ended.status, ended.completed, ended.succeeded], ["COMPLETED", true, true]);
  assert.equal(ended.output.cost, 1.2);
  await isVideo(ended.output.video_url);
});

test("runSync polls to the end by itself", async () => {
  const ended = await endpoint("any-key").runSync({ input: { ...INPUT, size: "1080p" } });
  assert.deepEqual([ended.status, ended.succeeded, ended.output.cost], ["COMPLETED", true, 2]);
});

test("a job is cancelled, and the endpoint reports its health", async () => {
  const client = endpoint("any-key");
  const { id } = await client.run({ input: INPUT });
  assert.equal((await client.cancel(id)).status, "CANCELLED");
  assert.equal((await client.status(id)).status, "CANCELLED");
  const health = await client.health();
  assert.equal(typeof health.jobs.completed, "number");
  assert.equal(typeof health.workers.ready, "number");
});

test("a wrong key is rejected, and nothing is billed", async () => {
  const before = (await ledger()).totalMicroUsd;
  await assert.rejects(endpoint("bad-key").run({ input: INPUT }), (error) => {
    assert.equal(error.response.status, 401);
    return true;
  });
  assert.equal((await ledger()).totalMicroUsd, before);
});
