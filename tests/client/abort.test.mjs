// An abort ends the waiting, with the caller's own reason. It never loses a job that may have been paid.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  deferred,
  nothingSent,
  simulator,
  waitFor,
} from "./support.mjs";

const REASONS = [new Error("mine"), "a text", 0, null, { any: "thing" }];
const UNHANDLED = [];
process.on("unhandledRejection", (reason) => UNHANDLED.push(reason));
process.on("uncaughtException", (error) => UNHANDLED.push(error));

/** The reason that a promise rejects with. */
const reasonOf = (promise) =>
  promise.then(
    () => assert.fail("it succeeded"),
    (reason) => reason,
  );

describe("abort", { concurrency: true }, () => {
  test("before the submit: rejects with any reason, and nothing is sent or stored", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    for (const reason of REASONS) {
      const signal = AbortSignal.abort(reason);
      assert.equal(await reasonOf(client.submit(TEXT, { signal })), reason);
    }
    await nothingSent(sim);
    assert.deepEqual(await client.jobs(), []);
  });

  test("while the record is being stored: nothing is sent, and the record says so", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const held = deferred();
    const put = async (...args) => {
      await held.promise;
      return store.put(...args);
    };
    const client = createClient(sim, { store: { ...store, put } });
    const controller = new AbortController();
    const submitting = client.submit(TEXT, { signal: controller.signal });
    await new Promise(setImmediate);
    controller.abort("changed my mind");
    assert.equal(await reasonOf(submitting), "changed my mind");
    held.resolve();
    const job = await waitFor(async () =>
      (await client.jobs()).find(({ status }) => status === "cancelled"),
    );
    assert.equal(job.error.charge, "none");
    await nothingSent(sim);
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: while the submit is in flight, its response is still processed and the job resumes`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 400 } });
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch });
      const controller = new AbortController();
      const submitting = client.submit(REQUESTS[provider], { provider, signal: controller.signal });
      await waitFor(() => seen.submissions().length === 1);
      controller.abort(REASONS[0]);
      assert.equal(await reasonOf(submitting), REASONS[0]);
      const [{ handle }] = await client.jobs();
      const outcome = await client.resume(handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal(seen.submissions().length, 1);
      assert.equal((await sim.ledger()).charges.length, 1);
    });

    test(`${provider}: while the job runs, each reason passes unchanged, and the job resumes`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch });
      const controller = new AbortController();
      const job = await client.submit(REQUESTS[provider], { provider, signal: controller.signal });
      controller.abort(REASONS[3]);
      assert.equal(await reasonOf(job.result()), REASONS[3]);
      for (const reason of REASONS) {
        const again = new AbortController();
        const resumed = client.resume(job.handle, { signal: again.signal });
        setImmediate(() => again.abort(reason));
        assert.equal(await reasonOf(resumed.result()), reason);
        for await (const update of resumed) assert.ok(update.status);
      }
      const [stored] = await client.jobs({ pending: true });
      assert.equal(stored.handle.id, job.handle.id);
      await sim.control("advance", { ms: 600_000 });
      const outcome = await client.resume(job.handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal(seen.submissions().length, 1);
    });
  }

  test("a cancel after an abort still reaches the provider", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 60_000 });
    const client = createClient(sim);
    const controller = new AbortController();
    const job = await client.submit(REQUESTS.runpod, {
      provider: "runpod",
      signal: controller.signal,
    });
    controller.abort();
    await reasonOf(job.result());
    assert.equal((await job.cancel()).result, "cancelled");
  });

  test("in the middle of a poll, the request itself is aborted", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 60_000 });
    await sim.faults({ operation: "poll", fault: { kind: "latency", ms: 600_000 } });
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const controller = new AbortController();
    const job = await client.submit(TEXT, { signal: controller.signal });
    await waitFor(() => seen.seen.length >= 2);
    controller.abort("enough");
    assert.equal(await reasonOf(job.result()), "enough");
    await waitFor(() => seen.seen[1].request.signal.aborted);
  });

  test("twenty jobs on one signal: all end with it, without an unhandled rejection", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 60_000 });
    const client = createClient(sim);
    const controller = new AbortController();
    const warnings = [];
    process.on("warning", (warning) => warnings.push(warning));
    const options = { signal: controller.signal };
    const jobs = await Promise.all(Array.from({ length: 20 }, () => client.submit(TEXT, options)));
    controller.abort("all of you");
    const reasons = await Promise.all(jobs.map((job) => reasonOf(job.result())));
    assert.deepEqual(new Set(reasons), new Set(["all of you"]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(warnings, []);
    assert.deepEqual(UNHANDLED, []);
  });

  test("an aborted wait for someone else's lease ends at once", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 60_000 });
    const store = memoryStore();
    const first = new AbortController();
    const job = await createClient(sim, { store }).submit(TEXT, { signal: first.signal });
    t.after(() => first.abort());
    const controller = new AbortController();
    const second = createClient(sim, { store }).resume(job.handle, { signal: controller.signal });
    controller.abort("no longer");
    assert.equal(await reasonOf(second.result()), "no longer");
  });
});
