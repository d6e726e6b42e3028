// A job that was aborted while a provider had rate limited its submit is never submitted later: its caller may have
// submitted again, and would pay twice.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { PROVIDERS, REQUESTS, counting, deferred, waitFor } from "./support.mjs";

const REASON = new Error("changed my mind");
const BUSY = () => Response.json({ error: "busy" }, { status: 429, headers: { "retry-after": "60" } });

/** A client of a provider that is busy: `answer` makes its responses. */
function busy(provider, answer = BUSY) {
  const store = memoryStore();
  const calls = counting(async () => answer());
  const client = createFilmgate({ store, fetch: calls.fetch, [provider]: { apiKey: "any-key" } });
  return { client, store, ...calls };
}

const stored = (client, status) => waitFor(async () => (await client.jobs()).find((job) => job.status === status));

describe("a rate limited submit", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: aborted in the pause, it ends, and a resume sends nothing`, async () => {
      const { client, submissions } = busy(provider);
      const controller = new AbortController();
      const submitting = client.submit(REQUESTS[provider], { provider, signal: controller.signal });
      await waitFor(() => submissions().length === 1);
      await waitFor(async () => (await client.jobs())[0]?.handle.submittedAt !== undefined);
      controller.abort(REASON);
      await assert.rejects(submitting, REASON);
      const { handle, error } = await stored(client, "failed");
      assert.deepEqual([error.charge, error.retryable, await client.jobs({ pending: true })], ["none", true, []]);
      await assert.rejects(client.resume(handle).result(), { code: "rate_limited", charge: "none" });
      assert.equal((await client.status(handle)).status, "failed");
      assert.equal(submissions().length, 1);
    });

    test(`${provider}: aborted while it is in flight, it ends once it has that answer`, async () => {
      const held = deferred();
      const { client, submissions } = busy(provider, () => held.promise.then(BUSY));
      const controller = new AbortController();
      const submitting = client.submit(REQUESTS[provider], { provider, signal: controller.signal });
      await waitFor(() => submissions().length === 1);
      controller.abort(REASON);
      await assert.rejects(submitting, REASON);
      held.resolve();
      const { handle } = await stored(client, "failed");
      await assert.rejects(client.resume(handle).result(), { code: "rate_limited", charge: "none" });
      assert.equal(submissions().length, 1);
    });
  }

  test("aborted, its idempotency key submits it again", async () => {
    const idempotencyKey = crypto.randomUUID();
    const { client, store, submissions } = busy("runpod");
    const controller = new AbortController();
    const submitting = client.submit(REQUESTS.runpod, { provider: "runpod", idempotencyKey, signal: controller.signal });
    await waitFor(async () => (await store.get(idempotencyKey))?.revision === 2);
    controller.abort(REASON);
    await assert.rejects(submitting, REASON);
    await stored(client, "failed");
    const later = createFilmgate({ store, fetch: async () => Response.json({ id: "a", status: "IN_QUEUE" }), runpod: { apiKey: "any-key" } });
    const handle = await later.start(REQUESTS.runpod, { provider: "runpod", idempotencyKey });
    assert.deepEqual([handle.jobId, submissions().length], ["a", 1]);
  });

  test("of a batch: its item ends, and is submitted when the batch runs again", async () => {
    const { client, store, submissions } = busy("runpod");
    const controller = new AbortController();
    const options = { budgetUsd: 2, id: "aborted", provider: "runpod" };
    const first = await batch(client, [REQUESTS.runpod], { ...options, signal: controller.signal });
    await waitFor(() => submissions().length === 1);
    await waitFor(async () => (await client.jobs())[0]?.handle.submittedAt !== undefined);
    controller.abort(REASON);
    await stored(client, "failed");
    const [aborted] = (await first.result()).items;
    assert.deepEqual([aborted.status, aborted.reason], ["not_started", "aborted"]);
    // Another client: the first one waits for as long as the provider has asked it to.
    const done = { id: "a", status: "COMPLETED", output: { video_url: "https://example.com/a.mp4" } };
    const calls = counting(async () => Response.json(done));
    const later = createFilmgate({ store, fetch: calls.fetch, runpod: { apiKey: "any-key" } });
    const { items } = await (await batch(later, [REQUESTS.runpod], options)).result();
    assert.deepEqual([items[0].status, submissions().length, calls.submissions().length], ["completed", 1, 1]);
  });
});
