// What a create costs the gateway beside its record: calls of objects, and of their storage. Polls, which may come while
// this machine is slow, add none of what is counted here.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, waitFor } from "./api.mjs";

const served = await gateway({ after }, { entry: "tests/gateway/operations/worker.ts", jobDurationMs: 3_600_000 });
const apiKey = await served.createKey();
const CREATES = 5;

/** Creates a video; returns once its submit was accepted. */
async function create() {
  const json = { model: "wan-2.6", prompt: "A fox", seconds: "5", size: "1280x720" };
  const { body } = await served.call("/v1/videos", { apiKey, json });
  const isAccepted = async () => (await served.call(`/v1/videos/${body.id}`, { apiKey })).body.filmgate.handle.acceptedAt;
  await waitFor(isAccepted);
}

test("a create reserves, creates and lists once, and reads and deletes nothing of its own record", async () => {
  await create();
  const counted = async () => (await served.call("/counted")).body;
  const before = await counted();
  for (let at = 0; at < CREATES; at++) await create();
  const now = await counted();
  const each = (name) => ((now[name] ?? 0) - (before[name] ?? 0)) / CREATES;
  assert.deepEqual(["Account.reserve", "Job.create", "ProviderHealth.admit"].map(each), [1, 1, 1], JSON.stringify(now));
  assert.equal(each("kv.delete"), 0);
  // A new object looks for its spec, its state, its record and its events.
  assert.equal(each("kv.list"), 4);
  assert.ok(each("ProviderHealth.isUp") <= 1 && each("ProviderHealth.onSubmit") <= 1);
});
