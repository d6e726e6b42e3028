// Many Runware jobs are polled in few requests, and each gets its own results only.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TEXT, createClient, counting, deferred, failing, simulator, waitFor } from "./support.mjs";

const times = (n, make) => Array.from({ length: n }, (_, at) => make(at));
const tasksOf = ({ body }) => JSON.parse(body);
const questions = ({ seen }) => seen.filter(({ task }) => task === "getResponse");

/** Jobs that are all under way. */
const submitted = (client, n, options = {}) =>
  Promise.all(times(n, () => client.submit(TEXT, { provider: "runware", ...options })));

describe("batches", { concurrency: true }, () => {
  test("thirty jobs: all end, with less than half as many requests as polls, and each keeps its own rows only", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 6_000 });
    const seen = counting();
    const jobs = await submitted(createClient(sim, { fetch: seen.fetch }), 30);
    const outcomes = await Promise.all(jobs.map((job) => job.result()));
    for (const { handle, raw } of outcomes) {
      assert.ok(raw.data.length > 0);
      for (const row of raw.data) assert.equal(row.taskUUID, handle.id);
    }
    const sizes = questions(seen).map((one) => tasksOf(one).length);
    const asked = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${asked} questions in ${sizes.length} requests`);
    // How many meet in one request depends on how quick the machine is.
    assert.ok(sizes.length * 2 < asked, `${asked} questions in ${sizes.length} requests`);
    assert.ok(Math.max(...sizes) <= 20);
    assert.ok(Math.max(...sizes) > 1);
    assert.equal(new Set(outcomes.map(({ handle }) => handle.id)).size, 30);
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, submissions.length], [30, 30]);
  });

  test("one job polls alone and immediately", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    await createClient(sim, { fetch: seen.fetch }).generate(TEXT, { provider: "runware" });
    for (const one of questions(seen)) assert.equal(tasksOf(one).length, 1);
  });

  test("a task that makes each of its requests fail does not affect the others", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const poison = "5bc1c288-5e46-41d1-ae50-5a26af2bea85";
    const seen = counting(async (request) => {
      const body = await request.clone().text();
      if (!body.includes("getResponse") || !body.includes(poison)) return fetch(request);
      const of = { taskType: "getResponse", taskUUID: poison };
      const error = { code: "invalidTaskUUID", message: "No.", ...of };
      return Response.json({ errors: [error] }, { status: 400 });
    });
    const client = createClient(sim, { fetch: seen.fetch });
    const [bad, ...good] = await Promise.all([
      client.submit({ ...TEXT, taskUUID: poison }, { provider: "runware", timeoutMs: 6_000 }),
      ...times(4, () => client.submit(TEXT, { provider: "runware" })),
    ]);
    const outcomes = await Promise.all(good.map((job) => job.result()));
    assert.equal(outcomes.length, 4);
    const error = await failing(bad.result(), "timeout");
    assert.equal(error.handle.id, poison);
    const together = questions(seen).filter(
      (one) => one.body.includes(poison) && tasksOf(one).length > 1,
    );
    assert.ok(together.length <= 1, "it went with others again after it had failed");
  });

  const page = () => new Response("<html>Bad gateway</html>", { status: 502 });
  for (const [name, fail] of [
    ["a torn connection", () => Promise.reject(new TypeError("fetch failed"))],
    ["an HTML page", page],
    ["an error of the server", () => Response.json({ errors: [] }, { status: 500 })],
    ["half an answer", () => new Response('{"data":[{"taskUUI')],
    ["a refusal of the whole request", () => Response.json({ errors: [{}] }, { status: 400 })],
  ]) {
    test(`${name} in place of a response for several: each polls alone, and all end`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      let failed;
      const seen = counting(async (request) => {
        const tasks = await request.clone().json();
        if (failed || tasks.length === 1) return fetch(request);
        failed = tasks;
        return fail();
      });
      const client = createClient(sim, { fetch: seen.fetch });
      const jobs = await submitted(client, 12);
      // However far apart the submits are, some are polled together sometime.
      await waitFor(() => failed);
      await sim.control("advance", { ms: 600_000 });
      const outcomes = await Promise.all(jobs.map((job) => job.result()));
      assert.equal(outcomes.length, 12);
      const asked = questions(seen).map(tasksOf);
      for (const { taskUUID } of failed) {
        const of = asked.filter((tasks) => tasks.some((task) => task.taskUUID === taskUUID));
        const next = of[of.findIndex((tasks) => tasks.length === failed.length) + 1];
        assert.equal(next.length, 1);
      }
      assert.equal((await sim.ledger()).charges.length, 12);
    });
  }

  for (const busy of [
    { status: 429 },
    { status: 429, headers: { "retry-after": "2" } },
    { status: 503, headers: { "retry-after": "1" } },
  ]) {
    test(`a provider that is too busy, by ${JSON.stringify(busy)}, is polled again by one request, not by many`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      let refused;
      const seen = counting(async (request) => {
        const tasks = await request.clone().json();
        if (refused || tasks.length === 1) return fetch(request);
        refused = tasks;
        return Response.json({ errors: [{ code: "rateLimitExceeded", message: "No." }] }, busy);
      });
      const jobs = await submitted(createClient(sim, { fetch: seen.fetch }), 12);
      await waitFor(() => refused);
      await sim.control("advance", { ms: 600_000 });
      const outcomes = await Promise.all(jobs.map((job) => job.result()));
      assert.equal(outcomes.length, 12);
      const asked = questions(seen).map(tasksOf);
      const at = asked.findIndex((tasks) => tasks.length > 1);
      const again = asked.slice(at + 1).map((tasks) => tasks.map(({ taskUUID }) => taskUUID));
      const keys = refused.map(({ taskUUID }) => taskUUID);
      const next = again.find((tasks) => tasks.includes(keys[0]));
      assert.ok(keys.every((key) => next.includes(key)));
      assert.equal((await sim.ledger()).charges.length, 12);
    });
  }

  test("one job's abort leaves the others' request alone; the last one's ends it", async (t) => {
    const sim = await simulator(t);
    const gate = deferred();
    const seen = counting(async (request) => {
      if ((await request.clone().text()).includes("getResponse")) {
        const { signal } = request;
        const aborted = new Promise((_, no) => signal.addEventListener("abort", () => no(signal)));
        await Promise.race([gate.promise, aborted]);
      }
      return fetch(request);
    });
    const client = createClient(sim, { fetch: seen.fetch });
    const controllers = times(12, () => new AbortController());
    const jobs = await Promise.all(
      controllers.map(({ signal }) => client.submit(TEXT, { provider: "runware", signal })),
    );
    const shared = await waitFor(() => questions(seen).find((one) => tasksOf(one).length > 1));
    const riding = jobs.filter(({ handle }) => shared.body.includes(handle.id));
    const of = (job) => controllers[jobs.indexOf(job)];
    const [first, ...rest] = riding;
    of(first).abort("enough");
    await assert.rejects(first.result(), (reason) => reason === "enough");
    assert.equal(shared.request.signal.aborted, false);
    for (const job of rest) of(job).abort("enough");
    await waitFor(() => shared.request.signal.aborted);
    gate.resolve();
    await Promise.all(jobs.filter((job) => !riding.includes(job)).map((job) => job.result()));
    for (const job of riding) await assert.rejects(job.result(), (reason) => reason === "enough");
    const again = await client.resume(first.handle).result();
    assert.equal(again.videos.length, 1);
  });

  test("a job that stops while its batch is being gathered is left out", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const controller = new AbortController();
    const jobs = await submitted(client, 6);
    const gone = await client.submit(TEXT, { provider: "runware", signal: controller.signal });
    controller.abort();
    await Promise.all(jobs.map((job) => job.result()));
    assert.ok(!questions(seen).some(({ body }) => body.includes(gone.handle.id)));
  });
});
