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
  client,
  counting,
  failing,
  simulator,
  statuses,
} from "./support.mjs";

/** A client that stops waiting, as a closed tab does. */
async function abandoned(sim, provider, options) {
  const controller = new AbortController();
  const film = client(sim, options);
  const job = await film.submit(REQUESTS[provider], { provider, signal: controller.signal });
  controller.abort();
  return job.handle;
}

describe("resume", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: from the store, in a new client`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const store = memoryStore();
      await abandoned(sim, provider, { store });
      const film = client(sim, { store });
      const [{ handle, status }] = await film.jobs({ pending: true });
      assert.ok(["queued", "running"].includes(status));
      const outcome = await film.resume(handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
      assert.deepEqual(await film.jobs({ pending: true }), []);
      const [job] = await film.jobs();
      assert.equal(job.status, "completed");
      assert.deepEqual(job.outcome, outcome);
    });

    test(`${provider}: from a handle alone, by way of JSON, without the store`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const handle = await abandoned(sim, provider);
      const text = JSON.stringify(handle);
      for (const secret of [PROMPT, BOTH.image, sim.origin]) assert.ok(!text.includes(secret));
      const film = client(sim);
      const job = film.resume(JSON.parse(text));
      assert.equal((await statuses(job)).at(-1), "completed");
      const outcome = await job.result();
      assert.equal(outcome.videos.length, 1);
      assert.equal(outcome.quoteDeltaUsd, 0);
      assert.equal((await sim.ledger()).submissions.length, 1);
      assert.equal((await film.jobs()).length, 1);
    });

    test(`${provider}: a job that has ended has the same outcome again, and nobody is asked`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const first = await client(sim, { store }).generate(REQUESTS[provider], { provider });
      const seen = counting();
      const film = client(sim, { store, fetch: seen.fetch });
      const outcome = await film.resume(first.handle).result();
      assert.deepEqual(outcome, first);
      assert.deepEqual(seen.seen, []);
    });

    test(`${provider}: a job that has failed fails the same again`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const request = { ...REQUESTS[provider], prompt: `${PROMPT} [fail]` };
      const film = client(sim, { store });
      const error = await failing(film.generate(request, { provider }), "generation_failed");
      const again = await failing(
        client(sim, { store }).resume(error.handle).result(),
        "generation_failed",
      );
      assert.deepEqual(again.toJSON(), error.toJSON());
    });
  }

  test("while it runs here, resuming gives the job that runs", async (t) => {
    const sim = await simulator(t);
    const film = client(sim);
    const job = await film.submit(TEXT);
    assert.equal(film.resume(job.handle), job);
    await job.result();
  });

  test("two clients of one store never both ask: the second waits, and then knows", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const store = memoryStore();
    const [one, two] = [counting(), counting()];
    const job = await client(sim, { store, fetch: one.fetch }).submit(TEXT);
    const other = client(sim, { store, fetch: two.fetch }).resume(job.handle);
    assert.deepEqual(await other.result(), await job.result());
    assert.deepEqual(two.seen, []);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("two clients of one store with one taskUUID: one submit, and the second one costs nothing", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const request = { ...TEXT, taskUUID: "0b7a3c1e-52d4-4f0a-9a3b-1c2d3e4f5a6b" };
    const results = await Promise.allSettled([
      client(sim, { store }).generate(request),
      client(sim, { store }).generate(request),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const { reason } = results.find(({ status }) => status === "rejected");
    assert.equal(reason.charge, "none");
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("a lost RunPod submit: nothing is sent again, and the console's id brings the film", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const store = memoryStore();
    const film = client(sim, { store });
    const error = await failing(film.submit(BOTH, { provider: "runpod" }), "submission_unknown");
    assert.equal(error.handle.jobId, undefined);
    await failing(client(sim, { store }).resume(error.handle).result(), "submission_unknown");
    const { submissions } = await sim.ledger();
    assert.equal(submissions.length, 1);
    const outcome = await client(sim, { store })
      .resume(error.handle, { jobId: submissions[0].id })
      .result();
    assert.equal(outcome.videos.length, 1);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("an id for a job that has ended, or that has one, changes nothing", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const store = memoryStore();
    const handle = await abandoned(sim, "runpod", { store });
    const under = client(sim, { store }).resume(handle, { jobId: "another-u1" });
    const outcome = await under.result();
    assert.equal(outcome.handle.jobId, handle.jobId);
    const ended = client(sim, { store }).resume(handle, { jobId: "another-u1" });
    assert.deepEqual(await ended.result(), outcome);
  });

  test("a lost Runware submit settles by itself", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const outcome = await client(sim).generate(TEXT);
    assert.equal(outcome.videos.length, 1);
    assert.equal((await sim.ledger()).charges.length, 1);
  });

  test("pending, jobs, forget", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_200 });
    const film = client(sim);
    const done = await film.generate(TEXT);
    const job = await film.submit(BOTH, { provider: "runpod" });
    assert.deepEqual(
      (await film.jobs()).map(({ handle }) => handle.id),
      [job.handle.id, done.handle.id],
    );
    assert.deepEqual(
      (await film.jobs({ pending: true })).map(({ handle }) => handle.id),
      [job.handle.id],
    );
    await film.deleteJob(done.handle);
    assert.equal((await film.jobs()).length, 1);
    // A job that runs finishes, and stays forgotten.
    await film.deleteJob(job.handle);
    assert.equal((await job.result()).videos.length, 1);
    assert.deepEqual(await film.jobs(), []);
  });

  test("what others keep in the store is passed over", async (t) => {
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
    const gateway = { url: "https://films.example", apiKey: "fgw_any" };
    for (const film of [client(await simulator(t), { store }), createFilmgate({ gateway, store })]) {
      assert.deepEqual(await film.jobs(), []);
      assert.deepEqual(await film.jobs({ pending: true }), []);
    }
  });
});
