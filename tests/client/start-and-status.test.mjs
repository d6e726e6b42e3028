// `start`, `status`, and the idempotency key that makes a second submit return the first job.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  PROMPT,
  PROVIDERS,
  REQUESTS,
  createClient,
  counting,
  failing,
  simulator,
  waitFor,
} from "./support.mjs";

const NAME = "0b5ad6d8-6f0c-4f43-9f0a-2f3ad1c1e7aa";
const LONG = { jobDurationMs: 60_000 };
const SHORT = { jobDurationMs: 700 };

describe("start and status", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    const request = REQUESTS[provider];

    test(`${provider}: nothing continues after \`start\`, and the record is complete`, async (t) => {
      const sim = await simulator(t, LONG);
      const store = memoryStore();
      const counted = counting();
      const client = createClient(sim, { store, fetch: counted.fetch });
      const handle = await client.start(request, { provider });
      assert.ok(handle.acceptedAt);
      const [entry] = await store.list();
      assert.deepEqual(entry.record.handle, handle);
      assert.ok(!JSON.stringify(entry.record).includes(PROMPT));
      const asked = counted.seen.length;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      assert.equal(counted.seen.length, asked);
    });

    test(`${provider}: \`status\` polls once, in another client, with only the handle`, async (t) => {
      const sim = await simulator(t, LONG);
      const handle = await createClient(sim).start(request, { provider });
      const counted = counting();
      const client = createClient(sim, { fetch: counted.fetch });
      const { status, handle: current } = await client.status(JSON.parse(JSON.stringify(handle)));
      assert.ok(["queued", "running"].includes(status), status);
      assert.equal(current.id, handle.id);
      assert.equal(counted.seen.length, 1);
    });

    test(`${provider}: \`status\` returns when to poll next, until the end`, async (t) => {
      const slow = createClient(await simulator(t, LONG));
      const before = Date.now();
      const running = await slow.status(await slow.start(request, { provider }));
      assert.ok(running.nextPollAt > before, `${running.nextPollAt} after ${before}`);
      const client = createClient(await simulator(t, SHORT));
      const handle = await client.start(request, { provider });
      const ended = await waitFor(async () => {
        const now = await client.status(handle);
        return now.status === "completed" && now;
      });
      assert.equal(ended.nextPollAt, undefined);
    });

    test(`${provider}: \`status\` returns the result, from the store without a request`, async (t) => {
      const sim = await simulator(t, SHORT);
      const counted = counting();
      const client = createClient(sim, { fetch: counted.fetch });
      const handle = await client.start(request, { provider });
      const ended = await waitFor(async () => {
        const now = await client.status(handle);
        return now.status === "completed" && now;
      });
      assert.equal(ended.outcome.videos.length, 1);
      assert.equal(ended.outcome.charge, "charged");
      const asked = counted.seen.length;
      assert.deepEqual((await client.status(handle)).outcome, ended.outcome);
      assert.equal(counted.seen.length, asked);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });

    test(`${provider}: the end of a failed job is a status, not a rejection`, async (t) => {
      const sim = await simulator(t, SHORT);
      const client = createClient(sim);
      const handle = await client.start({ ...request, prompt: `${PROMPT} [fail]` }, { provider });
      const ended = await waitFor(async () => {
        const now = await client.status(handle);
        return now.status === "failed" && now;
      });
      assert.equal(ended.error.code, "generation_failed");
      assert.equal(ended.error.handle.id, handle.id);
    });

    for (const [what, fault, code] of [
      ["HTTP 503", { kind: "error", status: 503 }, "invalid_response"],
      ["a reset", { kind: "resetBefore" }, "connection_error"],
      ["broken JSON", { kind: "truncated" }, "invalid_response"],
      ["HTTP 401", { kind: "empty401" }, "unauthorized"],
    ]) {
      test(`${provider}: a poll that ends in ${what} rejects, and the next one succeeds`, async (t) => {
        const sim = await simulator(t, LONG);
        const client = createClient(sim);
        const handle = await client.start(request, { provider });
        await sim.faults({ operation: "poll", fault });
        const error = await failing(client.status(handle), code);
        assert.deepEqual([error.charge, error.retryable], ["unknown", false]);
        assert.equal(error.handle.id, handle.id);
        assert.ok(["queued", "running"].includes((await client.status(handle)).status));
      });
    }

    test(`${provider}: for a job that is tracked here, it returns the last update`, async (t) => {
      const sim = await simulator(t, LONG);
      const counted = counting();
      const client = createClient(sim, { fetch: counted.fetch });
      const controller = new AbortController();
      t.after(() => controller.abort());
      const job = await client.submit(request, { provider, signal: controller.signal });
      const asked = counted.submissions().length;
      const { status, handle } = await client.status(job.handle);
      assert.ok(["queued", "running"].includes(status), status);
      assert.equal(handle.id, job.handle.id);
      assert.equal(counted.submissions().length, asked);
    });

    test(`${provider}: an id that the store has is submitted once`, async (t) => {
      const sim = await simulator(t, SHORT);
      const store = memoryStore();
      const first = await createClient(sim, { store }).start(request, { provider, idempotencyKey: NAME });
      assert.equal(first.id, NAME);
      const again = await createClient(sim, { store }).start(request, { provider, idempotencyKey: NAME });
      assert.deepEqual(again, first);
      const outcome = await createClient(sim, { store }).generate(request, { provider, idempotencyKey: NAME });
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });

    test(`${provider}: the id of a job that reached no provider may be used again`, async (t) => {
      const sim = await simulator(t, SHORT);
      const busy = { operation: "submit", times: 5, fault: { kind: "rateLimit", retryAfter: 1 } };
      await sim.faults(busy);
      const client = createClient(sim);
      const refused = await failing(client.start(request, { provider, idempotencyKey: NAME }), "rate_limited");
      assert.equal(refused.retryable, true);
      assert.equal((await client.start(request, { provider, idempotencyKey: NAME })).id, NAME);
      const { submissions } = await sim.ledger();
      assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, 1);
    });
  }

  for (const provider of PROVIDERS) {
    for (const how of ["one client", "two clients with one store"]) {
      test(`${provider}: concurrent calls with one id get one job, of ${how}`, async (t) => {
        const sim = await simulator(t, SHORT);
        const store = memoryStore();
        const one = createClient(sim, { store });
        const other = how === "one client" ? one : createClient(sim, { store });
        const options = { provider, idempotencyKey: NAME };
        const [started, submitted, again] = await Promise.all([
          one.start(REQUESTS[provider], options),
          other.submit(REQUESTS[provider], options),
          other.start(REQUESTS[provider], options),
        ]);
        assert.deepEqual(new Set([started.id, submitted.handle.id, again.id]), new Set([NAME]));
        assert.equal((await submitted.result()).videos.length, 1);
        const { submissions, charges } = await sim.ledger();
        assert.deepEqual([submissions.length, charges.length], [1, 1]);
      });
    }
  }

  test("a failing store is not treated as a missing job", async (t) => {
    const sim = await simulator(t, SHORT);
    const kept = memoryStore();
    const store = {
      ...kept,
      async put(...entry) {
        await kept.put(...entry);
        throw new Error("The disk is full.");
      },
    };
    const options = { provider: "runpod", idempotencyKey: NAME };
    const error = await failing(createClient(sim, { store }).start(REQUESTS.runpod, options), "store_error");
    assert.equal(error.charge, "none");
    assert.equal((await sim.ledger()).submissions.length, 0);
  });

  test("an idempotency key must be a UUID v4", async (t) => {
    const sim = await simulator(t);
    await failing(createClient(sim).start(REQUESTS.runware, { idempotencyKey: "mine" }), "invalid_request");
    assert.equal((await sim.ledger()).submissions.length, 0);
  });

  test("responses without a Runware task are counted across polls", async (t) => {
    const sim = await simulator(t, { ...LONG, visibilityDelayMs: 3_600_000 });
    const store = memoryStore();
    const client = createClient(sim, { store });
    const handle = await client.start(REQUESTS.runware, { provider: "runware" });
    const counts = [];
    for (let asked = 0; asked < 3; asked++) {
      assert.equal((await client.status(handle)).status, "queued");
      counts.push((await store.list())[0].record.polling.consecutiveNotFound);
    }
    // The third time, the details do not have it either.
    assert.deepEqual(counts, [1, 2, 4]);
  });

  test("an abort ends a poll with the signal's reason", async (t) => {
    const sim = await simulator(t, LONG);
    const client = createClient(sim);
    const handle = await client.start(REQUESTS.runpod, { provider: "runpod" });
    await sim.faults({ operation: "poll", fault: { kind: "latency", ms: 60_000 } });
    const controller = new AbortController();
    const asked = client.status(handle, { signal: controller.signal });
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 100);
    await assert.rejects(asked, reason);
  });

  test("a job that is tracked elsewhere can be polled within the timeout only", async (t) => {
    const sim = await simulator(t, LONG);
    const store = memoryStore();
    const controller = new AbortController();
    t.after(() => controller.abort());
    const job = await createClient(sim, { store }).submit(REQUESTS.runpod, {
      provider: "runpod",
      signal: controller.signal,
    });
    const asked = createClient(sim, { store }).status(job.handle, { timeoutMs: 200 });
    const error = await failing(asked, "timeout");
    assert.equal(error.handle.id, job.handle.id);
  });
});
