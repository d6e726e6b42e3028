// One runtime tries the next provider while another one tracks the same job.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { folderOf } from "./processes.mjs";
import { BOTH, createClient, deferred, failing, simulator } from "./support.mjs";

const NAME = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11";
const IN_TURN = { provider: ["runpod", "runware"] };

describe("fallback with another runtime", { concurrency: true }, () => {
  for (const [what, options] of [
    ["by its handle", IN_TURN],
    ["by a name of the caller's", { ...IN_TURN, idempotencyKey: NAME }],
  ]) {
    test(`a job ${what} that was rejected while another waited for it does not end as unknown`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_000 });
      const folder = folderOf();
      const store = folderStore(folder);
      const waiting = deferred();
      const other = createClient(sim, { store: folderStore(folder) });
      const put = async (key, record, revision) => {
        const written = await store.put(key, record, revision);
        if (revision === 0) waiting.resolve(other.resume(record.handle));
        return written;
      };
      const runpod = { ...sim.settings.runpod, apiKey: "bad-key" };
      const client = createClient(sim, { runpod, store: { ...store, put } });
      const { handle } = await client.generate(BOTH, options);
      assert.equal(handle.provider, "runware");
      const error = await (await waiting.promise).result().catch((error) => error);
      assert.notEqual(error.code, "submission_unknown");
      const kept = (await client.jobs()).map(({ handle }) => handle.id);
      assert.deepEqual(kept, [handle.id]);
      assert.equal(handle.id === NAME, "idempotencyKey" in options);
    });
  }

  test("a late deletion deletes the rejected record, and not a newer one of the same id", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const busy = { provider: "runpod", operation: "submit", times: 5 };
    await sim.faults({ ...busy, fault: { kind: "rateLimit", retryAfter: 1 } });
    const store = memoryStore();
    const [dropping, allowed] = [deferred(), deferred()];
    t.after(allowed.resolve);
    const slow = async (key) => {
      dropping.resolve();
      await allowed.promise;
      return store.delete(key);
    };
    const one = createClient(sim, { store: { ...store, delete: slow } });
    const two = createClient(sim, { store });
    const first = one.submit(BOTH, { ...IN_TURN, idempotencyKey: NAME });
    await dropping.promise;
    // No provider accepted the job, so that its id may be used again.
    const second = two.submit(BOTH, { provider: "runware", idempotencyKey: NAME });
    // Much longer than an undisturbed submit takes.
    await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 500))]);
    allowed.resolve();
    const jobs = await Promise.all([first, second]);
    await Promise.all(jobs.map((job) => job.result()));
    assert.equal((await sim.ledger()).charges.length, 1);
    assert.equal((await createClient(sim, { store }).jobs())[0].status, "completed");
  });

  test("a job that is deleted while another runtime waits for it stays deleted", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const store = memoryStore();
    const [client, other] = [createClient(sim, { store }), createClient(sim, { store })];
    const job = await client.submit(BOTH);
    const waiting = other.resume(job.handle);
    await client.deleteJob(job.handle);
    await job.result();
    await failing(waiting.result(), "job_not_found");
    assert.deepEqual(await client.jobs(), []);
  });
});
