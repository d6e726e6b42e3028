// A cancel returns the true outcome and charge.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  deferred,
  failing,
  nothingSent,
  simulator,
  waitFor,
} from "./support.mjs";

const LONG = { jobDurationMs: 60_000 };

describe("cancel", { concurrency: true }, () => {
  test("RunPod, in the queue: cancelled; the charge is not documented", async (t) => {
    const sim = await simulator(t, { ...LONG, queueShare: 1 });
    const client = createClient(sim);
    const job = await client.submit(BOTH, { provider: "runpod" });
    assert.deepEqual(await job.cancel(), { result: "cancelled", charge: "unknown" });
    const error = await failing(job.result(), "cancelled");
    assert.equal(error.charge, "unknown");
    assert.deepEqual((await sim.ledger()).charges, []);
    assert.equal((await client.jobs())[0].status, "cancelled");
  });

  test("RunPod, while running: cancelled, and the charge is unknown", async (t) => {
    const sim = await simulator(t, { ...LONG, queueShare: 0, statusSync: false });
    const job = await createClient(sim).submit(BOTH, { provider: "runpod" });
    for await (const { status } of job) if (status === "running") break;
    assert.deepEqual(await job.cancel(), { result: "cancelled", charge: "unknown" });
    await failing(job.result(), "cancelled");
  });

  test("Runware: unsupported; the job continues, and its video is there", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 600_000 });
    const job = await createClient(sim).submit(TEXT);
    const cancellation = await job.cancel();
    assert.equal(cancellation.result, "unsupported");
    assert.equal(cancellation.charge, "unknown");
    await sim.control("advance", { ms: 600_000 });
    assert.equal((await job.result()).videos.length, 1);
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: already finished, after the video and after a failure`, async (t) => {
      const sim = await simulator(t);
      const client = createClient(sim);
      const job = await client.submit(REQUESTS[provider], { provider });
      await job.result();
      assert.deepEqual(await job.cancel(), { result: "already_finished", charge: "charged" });
      const failed = await client.submit(
        { ...REQUESTS[provider], prompt: `${PROMPT} [fail]` },
        { provider },
      );
      const { charge } = await failing(failed.result(), "generation_failed");
      assert.deepEqual(await failed.cancel(), { result: "already_finished", charge });
    });
  }

  test("a cancel that meets the end of the job keeps the video", async (t) => {
    const sim = await simulator(t);
    const job = await createClient(sim).submit(BOTH, { provider: "runpod" });
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual(await job.cancel(), { result: "already_finished", charge: "charged" });
    assert.equal((await job.result()).videos.length, 1);
  });

  test("a resumed job in another client can be cancelled", async (t) => {
    const sim = await simulator(t, { ...LONG, queueShare: 1 });
    const controller = new AbortController();
    const job = await createClient(sim).submit(BOTH, { provider: "runpod", signal: controller.signal });
    controller.abort();
    const resumed = createClient(sim).resume(job.handle);
    assert.equal((await resumed.cancel()).result, "cancelled");
    await failing(resumed.result(), "cancelled");
  });

  test("two cancels of one job agree, and only one request is sent", async (t) => {
    const sim = await simulator(t, { ...LONG, queueShare: 1 });
    const seen = counting();
    const job = await createClient(sim, { fetch: seen.fetch }).submit(BOTH, { provider: "runpod" });
    const [one, two] = await Promise.all([job.cancel(), job.cancel()]);
    assert.deepEqual(one, two);
    assert.equal(seen.seen.filter(({ path }) => path.includes("/cancel/")).length, 1);
    await failing(job.result(), "cancelled");
  });

  test("a job can be cancelled after its timeout", async (t) => {
    const sim = await simulator(t, { ...LONG, queueShare: 1 });
    const job = await createClient(sim).submit(BOTH, { provider: "runpod", timeoutMs: 5_000 });
    await failing(job.result(), "timeout");
    assert.equal((await job.cancel()).result, "cancelled");
  });

  test("an abort while the record is stored is a cancel before the submit", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const written = deferred();
    const put = async (...args) => {
      const done = await store.put(...args);
      await written.promise;
      return done;
    };
    const client = createClient(sim, { store: { ...store, put } });
    const controller = new AbortController();
    const submitting = client.submit(BOTH, { provider: "runpod", signal: controller.signal });
    const [{ handle }] = await waitFor(async () => (await client.jobs()).length > 0 && client.jobs());
    controller.abort("no");
    await assert.rejects(submitting, (reason) => reason === "no");
    written.resolve();
    const error = await failing(createClient(sim, { store }).resume(handle).result(), "cancelled");
    assert.equal(error.charge, "none");
    await nothingSent(sim);
  });
});
