// The clock is set, or the process is suspended: no job hangs, is submitted twice, or is lost.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROVIDERS, REQUESTS, TEXT, createClient, counting, simulator, waitFor } from "./support.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { now } = Date;

/** Sets the wall clock for the rest of the test. */
function setClock(byMs) {
  Date.now = () => now() + byMs;
}

/** Nothing else runs in the meantime, as while a laptop sleeps. */
function standStill(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function oneCharge(sim) {
  const { charges, submissions } = await sim.ledger();
  assert.deepEqual([charges.length, submissions.length], [1, 1]);
}

// One at a time: there is one clock.
describe("clock", () => {
  for (const provider of PROVIDERS) {
    for (const [name, byMs] of [
      ["back by a day", -DAY],
      ["back by an hour", -HOUR],
      ["forward by a day", DAY],
    ]) {
      test(`${provider}: set ${name} while the job runs: it ends normally`, async (t) => {
        t.after(() => setClock(0));
        const sim = await simulator(t);
        const timeoutMs = 10 * DAY;
        const job = await createClient(sim).submit(REQUESTS[provider], { provider, timeoutMs });
        setClock(byMs);
        assert.equal((await job.result()).videos.length, 1);
        await oneCharge(sim);
      });

      test(`${provider}: set ${name} while the submit is in flight: its response is processed`, async (t) => {
        t.after(() => setClock(0));
        const sim = await simulator(t);
        await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 700 } });
        const seen = counting();
        const client = createClient(sim, { fetch: seen.fetch });
        const timeoutMs = 10 * DAY;
        const generating = client.generate(REQUESTS[provider], { provider, timeoutMs });
        await waitFor(() => seen.submissions().length === 1);
        setClock(byMs);
        assert.equal((await generating).videos.length, 1);
        assert.equal(seen.submissions().length, 1);
        await oneCharge(sim);
      });
    }

    test(`${provider}: set forward beyond the caller's time: it is polled once more, and the video is there`, async (t) => {
      t.after(() => setClock(0));
      const sim = await simulator(t, { jobDurationMs: 500 });
      const job = await createClient(sim).submit(REQUESTS[provider], { provider });
      await sim.control("advance", { ms: 1_000 });
      setClock(DAY);
      assert.equal((await job.result()).videos.length, 1);
      await oneCharge(sim);
    });

    test(`${provider}: the process was suspended beyond the submit's timeout: the waiting response is read`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 500 } });
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch, requestTimeoutMs: 4_000 });
      const generating = client.generate(REQUESTS[provider], { provider });
      // The request has to be on the wire.
      await waitFor(async () => (await sim.ledger()).submissions.length > 0);
      standStill(6_000);
      assert.equal((await generating).videos.length, 1);
      assert.equal(seen.submissions()[0].request.signal.aborted, false);
      await oneCharge(sim);
    });
  }

  test("a day of Retry-After is a minute at most, whatever the clock says", async (t) => {
    const sim = await simulator(t);
    const retryAfter = { dateInSeconds: 2 };
    await sim.faults({ operation: "poll", fault: { kind: "rateLimit", retryAfter } });
    const job = await createClient(sim).submit(TEXT);
    // By this clock the date is a day away.
    const start = now() - DAY;
    t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: start });
    const ticking = setInterval(() => t.mock.timers.tick(1_000), 20);
    t.after(() => clearInterval(ticking));
    assert.equal((await job.result()).videos.length, 1);
    assert.ok(Date.now() - start >= 60_000);
    assert.ok(Date.now() - start < HOUR);
    await oneCharge(sim);
  });
});
