// The warnings of the chosen listing reach a caller who does not validate first.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { PROMPT, createClient, simulator } from "./support.mjs";

// Kling O1 ignores a seed; the URL of the image is not encrypted.
const IMAGE = "http://example.com/baker.jpeg?of=a-secret-guest";
const REQUEST = { model: "kling-o1", prompt: PROMPT, image: IMAGE, duration: 5, seed: 7 };
const RUNWARE = { provider: "runware" };

const pathsOf = (warnings) => warnings.map(({ path, severity, provider }) => [path, severity, provider]);
const EXPECTED = [
  ["seed", "warning", "runware"],
  ["image", "warning", "runware"],
];

describe("warnings", { concurrency: true }, () => {
  test("a job, its result and the list of jobs have the warnings of the listing", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const job = await client.submit(REQUEST, RUNWARE);
    assert.deepEqual(pathsOf(job.warnings), EXPECTED);
    const result = await job.result();
    assert.deepEqual(pathsOf(result.warnings), EXPECTED);
    assert.deepEqual(pathsOf(job.warnings), EXPECTED, "after its end");
    const [stored] = await client.jobs();
    assert.deepEqual([pathsOf(stored.warnings), stored.outcome.warnings], [EXPECTED, result.warnings]);
  });

  test("a request without problems has no warnings", async (t) => {
    const sim = await simulator(t);
    const { seed, ...plain } = { ...REQUEST, image: "https://example.com/baker.jpeg" };
    const job = await createClient(sim).submit(plain, RUNWARE);
    assert.deepEqual([job.warnings, (await job.result()).warnings], [[], []]);
  });

  test("another client of the store finds them: with `resume` and with `status`", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const handle = await createClient(sim, { store }).start(REQUEST, RUNWARE);
    const elsewhere = createClient(sim, { store });
    assert.deepEqual(pathsOf((await elsewhere.status(handle)).warnings), EXPECTED);
    const job = createClient(sim, { store }).resume(handle);
    assert.deepEqual(pathsOf((await job.result()).warnings), EXPECTED);
    assert.deepEqual(pathsOf(job.warnings), EXPECTED);
    const fromHandle = createClient(sim).resume(handle);
    assert.deepEqual((await fromHandle.result()).warnings, [], "a handle has none");
  });

  test("the handle of `start` has them, but no copy of it", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const idempotencyKey = crypto.randomUUID();
    const options = { ...RUNWARE, idempotencyKey };
    const handle = await client.start(REQUEST, options);
    assert.deepEqual(pathsOf(handle.warnings), EXPECTED);
    assert.equal(JSON.stringify(handle).includes("seed"), false);
    const again = await client.start(REQUEST, options);
    assert.deepEqual(pathsOf(again.warnings), EXPECTED, "the same job");
  });

  test("a record holds no value of the request in its warnings", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    await createClient(sim, { store }).start(REQUEST, RUNWARE);
    const [{ record }] = await store.list();
    assert.ok(JSON.stringify(record).includes('"insecure_url"'));
    assert.equal(JSON.stringify(record).includes("a-secret-guest"), false);
  });
});
