// A handle is untrusted input: an invalid one finds no job and sends nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  TEXT,
  createClient,
  counting,
  deferred,
  failing,
  nothingSent,
  simulator,
  waitFor,
} from "./support.mjs";

const SOUND = {
  version: 1,
  provider: "runpod",
  model: "sora-2-pro",
  providerModelId: "sora-2-pro-i2v",
  id: "2f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11",
  jobId: "abc-u1",
  n: 1,
  createdAt: 1_760_000_000_000,
  acceptedAt: 1_760_000_000_000,
};

const HOSTILE = {
  nothing: undefined,
  null: null,
  "a text": "2f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11",
  "a number": 5,
  "an empty object": {},
  "a list": [SOUND],
  "another version": { ...SOUND, version: 2 },
  "a path in the endpoint": { ...SOUND, providerModelId: "../../v1/admin" },
  "a dot-dot endpoint": { ...SOUND, providerModelId: ".." },
  "a query in the endpoint": { ...SOUND, providerModelId: "a?x=" },
  "a path in the job's id": { ...SOUND, jobId: "../../purge-queue" },
  "an encoded path in the job's id": { ...SOUND, jobId: "%2e%2e%2fpurge-queue" },
  "a line's end in the job's id": { ...SOUND, jobId: "a\r\nx: y" },
  "an object for the job's id": { ...SOUND, jobId: { toString: () => "abc" } },
  "a key that is no UUID": { ...SOUND, id: "__proto__" },
  "an object for the key": { ...SOUND, id: { toString: () => SOUND.id } },
  "a symbol for the key": { ...SOUND, id: Symbol("key") },
  "a provider that nobody knows": { ...SOUND, provider: "elsewhere" },
  "a provider of the prototype": { ...SOUND, provider: "__proto__" },
  "another provider of the prototype": { ...SOUND, provider: "constructor" },
  "no videos": { ...SOUND, n: 0 },
  "a million videos": { ...SOUND, n: 1e6 },
  "a time that is none": { ...SOUND, createdAt: NaN },
  "a time that no retention fits after": { ...SOUND, endedAt: 2 ** 53 - 1 },
  "a prototype that is polluted": JSON.parse(`{"__proto__":${JSON.stringify(SOUND)}}`),
};

describe("hostile handles", { concurrency: true }, () => {
  for (const [name, handle] of Object.entries(HOSTILE)) {
    test(name, async (t) => {
      const seen = counting(() => assert.fail("it was sent"));
      const client = createClient(
        { settings: { runpod: { apiKey: "k" }, runware: { apiKey: "k" } } },
        { fetch: seen.fetch },
      );
      await failing(client.resume(handle).result(), "job_not_found");
      assert.deepEqual(seen.seen, []);
      assert.deepEqual(await client.jobs(), []);
    });
  }

  test("a record passed as a handle is never submitted", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const held = deferred();
    const stuck = counting(() => held.promise);
    const submitting = createClient(sim, { store, fetch: stuck.fetch })
      .submit(TEXT)
      .catch(() => {});
    await waitFor(() => stuck.seen.length > 0);
    const [{ record }] = await store.list();
    assert.ok(record.submission.body);
    await failing(createClient(sim).resume(record).result(), "job_not_found");
    // As a handle with additional fields, it is polled and nothing else.
    const asked = createClient(sim).resume({ ...record, ...record.handle }, { timeoutMs: 1_500 });
    await failing(asked.result(), "timeout");
    await nothingSent(sim);
    held.resolve({ status: 401, text: async () => "" });
    await submitting;
  });

  test("a handle with another provider than its record is polled at the record's provider", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const first = createClient(sim, { store });
    const controller = new AbortController();
    const job = await first.submit(BOTH, { provider: "runware", signal: controller.signal });
    controller.abort();
    const seen = counting();
    const client = createClient(sim, { store, fetch: seen.fetch });
    await client.resume({ ...job.handle, provider: "runpod", jobId: "abc" }).result();
    assert.deepEqual(new Set(seen.seen.map(({ path }) => path)), new Set(["/runware/v1"]));
  });

  test("a valid handle of an unknown job is polled, then given up", async (t) => {
    const sim = await simulator(t);
    const error = await failing(createClient(sim).resume(SOUND).result(), "result_expired");
    assert.equal(error.handle.id, SOUND.id);
    await nothingSent(sim);
  });
});
