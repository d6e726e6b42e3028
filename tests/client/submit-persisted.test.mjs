// `submit` resolves once the provider's id is stored: a page that closes right after it loses no paid video.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { PROVIDERS, REQUESTS, createClient, deferred, simulator } from "./support.mjs";

/** A submit whose store delays later writes until it is released; `held`: a write is waiting. */
async function submitting(t, provider) {
  const sim = await simulator(t, { jobDurationMs: 60_000 });
  const [store, held, allowed] = [memoryStore(), deferred(), deferred()];
  const put = async (key, record, revision) => {
    if (revision > 0) {
      held.resolve();
      await allowed.promise;
    }
    return store.put(key, record, revision);
  };
  const stop = new AbortController();
  t.after(() => {
    stop.abort();
    allowed.resolve();
  });
  const client = createClient(sim, { store: { ...store, put } });
  const submitted = client.submit(REQUESTS[provider], { provider, signal: stop.signal });
  await held.promise;
  return { sim, store, submitted, allow: allowed.resolve, fail: allowed.reject };
}

describe("submit", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: waits until what finds the job again is stored`, async (t) => {
      const { store, submitted, allow } = await submitting(t, provider);
      let isAnswered = false;
      submitted.then(() => (isAnswered = true));
      // Much longer than a response without a wait takes.
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(isAnswered, false);
      allow();
      const { handle } = await submitted;
      const { record } = await store.get(handle.id);
      assert.ok(record.handle.acceptedAt);
      assert.equal(record.handle.jobId, handle.jobId);
    });

    test(`${provider}: is still resolved if that cannot be stored`, async (t) => {
      const { sim, submitted, fail } = await submitting(t, provider);
      fail(new Error("full"));
      const { handle } = await submitted;
      assert.ok(handle.acceptedAt, "the handle knows what the store does not");
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  }
});
