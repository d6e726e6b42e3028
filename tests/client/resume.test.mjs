// A job is found again: from the store by a new client, and from its handle alone anywhere.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  simulator,
  statuses,
} from "./support.mjs";

/** A client that stops waiting, as a closed tab does. */
async function abandoned(sim, provider, options) {
  const controller = new AbortController();
  const client = createClient(sim, options);
  const job = await client.submit(REQUESTS[provider], { provider, signal: controller.signal });
  controller.abort();
  return job.handle;
}

describe("resume", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: from the store, in a new client`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const store = memoryStore();
      await abandoned(sim, provider, { store });
      const client = createClient(sim, { store });
      const [{ handle, status }] = await client.jobs({ pending: true });
      assert.ok(["queued", "running"].includes(status));
      const outcome = await client.resume(handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
      assert.deepEqual(await client.jobs({ pending: true }), []);
      const [job] = await client.jobs();
      assert.equal(job.status, "completed");
      assert.deepEqual(job.outcome, outcome);
    });

    test(`${provider}: from a handle alone, through JSON, without the store`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const handle = await abandoned(sim, provider);
      const text = JSON.stringify(handle);
      for (const secret of [PROMPT, BOTH.image, sim.origin]) assert.ok(!text.includes(secret));
      const client = createClient(sim);
      const job = client.resume(JSON.parse(text));
      assert.equal((await statuses(job)).at(-1), "completed");
      const outcome = await job.result();
      assert.equal(outcome.videos.length, 1);
      assert.equal(outcome.quoteDeltaUsd, 0);
      assert.equal((await sim.ledger()).submissions.length, 1);
      assert.equal((await client.jobs()).length, 1);
    });

    test(`${provider}: a finished job has the same result again, and nothing is requested`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const first = await createClient(sim, { store }).generate(REQUESTS[provider], { provider });
      const seen = counting();
      const client = createClient(sim, { store, fetch: seen.fetch });
      const outcome = await client.resume(first.handle).result();
      assert.deepEqual(outcome, first);
      assert.deepEqual(seen.seen, []);
    });

    test(`${provider}: a failed job fails the same again`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const request = { ...REQUESTS[provider], prompt: `${PROMPT} [fail]` };
      const client = createClient(sim, { store });
      const error = await failing(client.generate(request, { provider }), "generation_failed");
      const again = await failing(
        createClient(sim, { store }).resume(error.handle).result(),
        "generation_failed",
      );
      assert.deepEqual(again.toJSON(), error.toJSON());
    });
  }

  test("resume returns a job that is already tracked", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const job = await client.submit(TEXT);
    assert.equal(client.resume(job.handle), job);
    await job.result();
  });

  test("two clients of one store never both poll: the second waits, and then has the result", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const store = memoryStore();
    const [one, two] = [counting(), counting()];
    const job = await createClient(sim, { store, fetch: one.fetch }).submit(TEXT);
    const other = createClient(sim, { store, fetch: two.fetch }).resume(job.handle);
    assert.deepEqual(await other.result(), await job.result());
    assert.deepEqual(two.seen, []);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("two clients of one store with one taskUUID: one submit, and the second one costs nothing", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const request = { ...TEXT, taskUUID: "0b7a3c1e-52d4-4f0a-9a3b-1c2d3e4f5a6b" };
    const results = await Promise.allSettled([
      createClient(sim, { store }).generate(request),
      createClient(sim, { store }).generate(request),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const { reason } = results.find(({ status }) => status === "rejected");
    assert.equal(reason.charge, "none");
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("a lost RunPod submit: nothing is sent again, and the id from the console finds the video", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const store = memoryStore();
    const client = createClient(sim, { store });
    const error = await failing(client.submit(BOTH, { provider: "runpod" }), "submission_unknown");
    assert.equal(error.handle.jobId, undefined);
    await failing(createClient(sim, { store }).resume(error.handle).result(), "submission_unknown");
    const { submissions } = await sim.ledger();
    assert.equal(submissions.length, 1);
    const outcome = await createClient(sim, { store })
      .resume(error.handle, { jobId: submissions[0].id })
      .result();
    assert.equal(outcome.videos.length, 1);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("a job id for a job that has ended, or that has one, changes nothing", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const store = memoryStore();
    const handle = await abandoned(sim, "runpod", { store });
    const under = createClient(sim, { store }).resume(handle, { jobId: "another-u1" });
    const outcome = await under.result();
    assert.equal(outcome.handle.jobId, handle.jobId);
    const ended = createClient(sim, { store }).resume(handle, { jobId: "another-u1" });
    assert.deepEqual(await ended.result(), outcome);
  });

  test("a lost Runware submit is reconciled automatically", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const outcome = await createClient(sim).generate(TEXT);
    assert.equal(outcome.videos.length, 1);
    assert.equal((await sim.ledger()).charges.length, 1);
  });

  test("jobs, pending jobs, deleteJob", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_200 });
    const client = createClient(sim);
    const done = await client.generate(TEXT);
    const job = await client.submit(BOTH, { provider: "runpod" });
    assert.deepEqual(
      (await client.jobs()).map(({ handle }) => handle.id),
      [job.handle.id, done.handle.id],
    );
    assert.deepEqual(
      (await client.jobs({ pending: true })).map(({ handle }) => handle.id),
      [job.handle.id],
    );
    await client.deleteJob(done.handle);
    assert.equal((await client.jobs()).length, 1);
    // A tracked job finishes, and stays deleted.
    await client.deleteJob(job.handle);
    assert.equal((await job.result()).videos.length, 1);
    assert.deepEqual(await client.jobs(), []);
  });

  test("other programs' entries in the store are skipped", async (t) => {
    const store = memoryStore();
    for (const [at, record] of [
      null,
      5,
      "x",
      [],
      {},
      { handle: {} },
      { handle: null, body: {} },
    ].entries()) {
      await store.put(`other-${at}`, record, 0);
    }
    const gateway = { url: "https://gateway.example", apiKey: "fgw_any" };
    for (const client of [createClient(await simulator(t), { store }), createFilmgate({ gateway, store })]) {
      assert.deepEqual(await client.jobs(), []);
      assert.deepEqual(await client.jobs({ pending: true }), []);
    }
  });
});
