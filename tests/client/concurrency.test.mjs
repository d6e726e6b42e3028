// Many jobs at once: concurrent requests are limited, in order, and waiting costs nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
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

/** A fetch that knows how many requests are under way, and the most there ever were. */
function crowded(through = fetch) {
  const now = { most: 0, underWay: 0 };
  const watched = async (request) => {
    now.underWay += 1;
    now.most = Math.max(now.most, now.underWay);
    try {
      return await through(request);
    } finally {
      now.underWay -= 1;
    }
  };
  return { fetch: watched, now };
}

/** A fetch whose requests wait until they are released. */
function gated() {
  const gate = deferred();
  const through = async (request) => {
    await gate.promise;
    return fetch(request);
  };
  return { ...crowded(through), open: gate.resolve };
}

const times = (n, make) => Array.from({ length: n }, (_, at) => make(at));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const limited = (sim, provider, maxConcurrency) => ({
  [provider]: { ...sim.settings[provider], maxConcurrency },
});

describe("concurrency", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: two requests at once, ten jobs: all end, each with one charge, submitted in order`, async (t) => {
      const sim = await simulator(t);
      const { fetch, now } = crowded();
      const seen = counting(fetch);
      const client = createClient(sim, { fetch: seen.fetch, ...limited(sim, provider, 2) });
      const requests = times(10, (at) => ({ ...REQUESTS[provider], prompt: `Number ${at}.` }));
      const outcomes = await Promise.all(requests.map((one) => client.generate(one, { provider })));
      assert.equal(outcomes.length, 10);
      assert.equal(now.most, 2);
      const bodies = seen.submissions().map(({ body }) => body);
      const order = bodies.map((body) => Number(/Number (\d)\./.exec(body)[1]));
      assert.deepEqual(
        order,
        times(10, (at) => at),
      );
      assert.equal((await sim.ledger()).charges.length, 10);
    });
  }

  for (const [given, most] of [
    [undefined, 6],
    [0, 6],
    [-1, 6],
    [NaN, 6],
    [2.9, 2],
    [Infinity, 15],
  ]) {
    test(`concurrency ${given}: ${most} of 15 at once`, async (t) => {
      const sim = await simulator(t);
      const { fetch, now, open } = gated();
      const client = createClient(sim, { fetch, ...limited(sim, "runware", given) });
      const generating = times(15, () => client.generate(TEXT));
      await waitFor(() => now.underWay === most);
      await pause(50);
      assert.equal(now.most, most);
      open();
      await Promise.all(generating);
      assert.equal(now.most, most);
    });
  }

  test("the limit is each provider's own", async (t) => {
    const sim = await simulator(t);
    const { fetch, now, open } = gated();
    const one = { ...limited(sim, "runware", 1), ...limited(sim, "runpod", 1) };
    const client = createClient(sim, { fetch, ...one });
    const generating = PROVIDERS.map((provider) => client.generate(BOTH, { provider }));
    await waitFor(() => now.underWay === 2);
    open();
    await Promise.all(generating);
  });

  test("an abort in the queue: rejects with the reason, nothing is sent or stored", async (t) => {
    const sim = await simulator(t);
    const { fetch, now, open } = gated();
    const client = createClient(sim, { fetch, ...limited(sim, "runware", 1) });
    const first = client.generate(TEXT);
    await waitFor(() => now.underWay === 1);
    const controller = new AbortController();
    const second = client.submit(TEXT, { signal: controller.signal });
    await pause(20);
    controller.abort("enough");
    await assert.rejects(second, (reason) => reason === "enough");
    assert.equal((await client.jobs()).length, 1);
    open();
    await first;
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("a timeout in the queue: nothing is sent, also not to the next provider", async (t) => {
    const sim = await simulator(t);
    const { fetch, now, open } = gated();
    const client = createClient(sim, { fetch, ...limited(sim, "runware", 1) });
    const first = client.generate(TEXT);
    await waitFor(() => now.underWay === 1);
    const choice = { provider: PROVIDERS.toReversed(), timeoutMs: 200 };
    const error = await failing(client.submit(BOTH, choice), "rate_limited");
    assert.equal(error.provider, "runware");
    assert.equal(error.charge, "none");
    assert.equal(error.retryable, true);
    assert.equal((await client.jobs()).length, 1);
    await nothingSent(sim);
    open();
    await first;
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: a cancel of a submit that is queued again after a 429: nothing is sent`, async (t) => {
      const sim = await simulator(t);
      const { fetch, now, open } = gated();
      let refused = 0;
      const client = createClient(sim, {
        ...limited(sim, provider, 1),
        fetch: (request) => {
          const busy = { status: 429, headers: { "retry-after": "1" } };
          return (refused += 1) === 1 ? Response.json({}, busy) : fetch(request);
        },
      });
      const turnedAway = client.submit(REQUESTS[provider], { provider });
      const [{ handle }] = await waitFor(async () => {
        const jobs = await client.jobs();
        return refused === 1 && jobs.length === 1 && jobs;
      });
      const other = client.generate(REQUESTS[provider], { provider });
      await waitFor(() => now.underWay === 1);
      await pause(1_500);
      const answer = await client.resume(handle).cancel();
      assert.deepEqual(answer, { result: "cancelled", charge: "none" });
      const error = await failing(turnedAway, "cancelled");
      assert.equal(error.charge, "none");
      open();
      assert.equal((await other).videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  }

  test("a poll's timeout does not include its time in the queue", async (t) => {
    const sim = await simulator(t);
    const seen = counting(async (request) => {
      await pause(1_000);
      return fetch(request);
    });
    const one = limited(sim, "runpod", 1);
    const client = createClient(sim, { fetch: seen.fetch, requestTimeoutMs: 6_000, ...one });
    const jobs = await Promise.all(times(8, () => client.submit(BOTH, { provider: "runpod" })));
    await Promise.all(jobs.map((job) => job.result()));
    assert.deepEqual(
      seen.seen.filter(({ request }) => request.signal.aborted),
      [],
    );
  });

  test("a queued submit is not stored, and a resumed job is queued as well", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const store = memoryStore();
    const { handle } = await createClient(sim, { store }).submit(TEXT);
    const { fetch, now, open } = gated();
    const client = createClient(sim, { store, fetch, ...limited(sim, "runware", 1) });
    const generating = client.generate(TEXT);
    await waitFor(() => now.underWay === 1);
    const third = client.generate(TEXT);
    const resumed = client.resume(handle).result();
    await pause(50);
    assert.equal(now.most, 1);
    assert.equal((await client.jobs()).length, 2);
    open();
    await third;
    assert.equal((await resumed).videos.length, 1);
    await generating;
  });
});
