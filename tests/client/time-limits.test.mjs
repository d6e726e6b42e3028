// Two clocks: one HTTP request's, and the caller's own. Neither ends a job.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BOTH,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  simulator,
} from "./support.mjs";

const LATE = { kind: "latency", ms: 20_000 };

describe("time limits", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: the caller's timeout expires, and the job resumes from the error's handle`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const client = createClient(sim);
      const options = { provider, timeoutMs: 10_000 };
      const error = await failing(client.generate(REQUESTS[provider], options), "timeout");
      assert.equal(error.charge, "unknown");
      assert.equal(error.retryable, false);
      assert.ok(error.handle.acceptedAt);
      const [pending] = await client.jobs({ pending: true });
      assert.equal(pending.handle.id, error.handle.id);
      await sim.control("advance", { ms: 600_000 });
      const outcome = await createClient(sim).resume(error.handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });

    test(`${provider}: it expires while the submit is in flight: the response is still processed`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 6_000 } });
      const client = createClient(sim);
      const options = { provider, timeoutMs: 5_000 };
      const error = await failing(client.generate(REQUESTS[provider], options), "timeout");
      const outcome = await client.resume(error.handle).result();
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  }

  test("request timeout: a poll that hangs is repeated, and the job completes", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "poll", fault: LATE });
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch, requestTimeoutMs: 3_000 });
    const outcome = await client.generate(TEXT);
    assert.equal(outcome.videos.length, 1);
    assert.ok(seen.seen[1].request.signal.aborted);
  });

  test("request timeout: a submit without a response is reconciled at Runware", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: LATE });
    const client = createClient(sim, { requestTimeoutMs: 3_000 });
    await client.generate(TEXT);
    assert.equal((await sim.ledger()).charges.length, 1);
  });

  test("request timeout: a submit without a response is unknown at RunPod, and never sent again", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: LATE });
    const client = createClient(sim, { requestTimeoutMs: 3_000 });
    const choice = { provider: ["runpod", "runware"] };
    const error = await failing(client.submit(BOTH, choice), "submission_unknown");
    assert.equal(error.charge, "unknown");
    assert.equal(error.retryable, false);
    assert.ok((await sim.ledger()).submissions.length <= 1);
  });

  test("a timeout that is infinite or huge works", async (t) => {
    const client = createClient(await simulator(t), { requestTimeoutMs: Infinity });
    for (const timeoutMs of [Infinity, Number.MAX_VALUE, 2 ** 53]) {
      assert.equal((await client.generate(TEXT, { timeoutMs })).videos.length, 1);
    }
  });
});
