// What goes wrong has a name, says whether money went, and holds neither key nor prompt.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  KEY,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  nothingSent,
  simulator,
} from "./support.mjs";

/** The error may be logged in any form: it holds neither key nor prompt. */
function assertDiscreet(error) {
  for (const text of [JSON.stringify(error), inspect(error, { depth: 9 }), String(error.stack)]) {
    assert.ok(!text.includes(KEY) && !text.includes(PROMPT), text);
  }
}

describe("errors", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: a network that fails`, async () => {
      const thrown = new TypeError("Failed to fetch");
      const client = createClient(
        { settings: { [provider]: { apiKey: KEY, baseURL: "https://gateway.example" } } },
        { fetch: () => Promise.reject(thrown) },
      );
      const job = client.submit(REQUESTS[provider], { provider, timeoutMs: 2_500 });
      // The response is lost: RunPod's cannot be reconciled, Runware is polled until the timeout.
      const code = provider === "runpod" ? "submission_unknown" : "timeout";
      const error = await failing(job, code);
      if (provider === "runpod") assert.match(error.message, /network or CORS/i);
      assert.equal(error.cause, thrown);
      assert.equal(error.charge, "unknown");
      assert.equal(error.handle.provider, provider);
      assertDiscreet(error);
    });

    test(`${provider}: no server listens, so nothing was sent`, async (t) => {
      const sim = await simulator(t);
      await sim.stop();
      const error = await failing(createClient(sim).submit(REQUESTS[provider], { provider }), "connection_error");
      assert.equal(error.charge, "none");
      assert.equal(error.cause.cause.code, "ECONNREFUSED");
      assertDiscreet(error);
    });

    test(`${provider}: a wrong key, an account without money`, async (t) => {
      const sim = await simulator(t);
      const cases = { "bad-key": "unauthorized", "broke-key": "insufficient_quota" };
      for (const [apiKey, code] of Object.entries(cases)) {
        const client = createClient(sim, { [provider]: { ...sim.settings[provider], apiKey } });
        const error = await failing(client.submit(REQUESTS[provider], { provider }), code);
        assert.equal(error.charge, "none");
        assert.ok(error.message.length > 10);
        assert.ok(!inspect(error, { depth: 9 }).includes(apiKey));
        const json = JSON.parse(JSON.stringify(error));
        assert.equal(json.code, code);
        assert.equal(json.charge, "none");
        assert.equal(json.handle.id, error.handle.id);
      }
      assert.deepEqual((await sim.ledger()).charges, []);
    });

    test(`${provider}: HTTP 429 is retried after a pause`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({
        provider,
        operation: "submit",
        fault: { kind: "rateLimit", retryAfter: 1 },
      });
      const seen = counting();
      await createClient(sim, { fetch: seen.fetch }).generate(REQUESTS[provider], { provider });
      assert.equal(seen.submissions().length, 2);
      assert.equal((await sim.ledger()).charges.length, 1);
    });

    test(`${provider}: an HTML page in place of the submit's response is never treated as a rejection`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({ provider, operation: "submit", fault: { kind: "html", after: true } });
      const client = createClient(sim);
      const submitting = client.submit(REQUESTS[provider], { provider });
      if (provider === "runpod") {
        const error = await failing(submitting, "submission_unknown");
        assert.equal(error.charge, "unknown");
        assertDiscreet(error);
      } else {
        await (await submitting).result();
      }
      assert.equal(new Set((await sim.ledger()).submissions.map(({ key, id }) => key ?? id)).size, 1);
    });

    test(`${provider}: a rejected prompt`, async (t) => {
      const client = createClient(await simulator(t));
      const request = { ...REQUESTS[provider], prompt: `${PROMPT} [moderated]` };
      const error = await failing(client.generate(request, { provider }), "content_policy_violation");
      assertDiscreet(error);
    });
  }

  test("no key: nothing is sent", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const error = await failing(createFilmgate({ fetch: seen.fetch }).submit(TEXT), "missing_api_key");
    assert.match(error.message, /RunPod|Runware/);
    assert.equal(error.charge, "none");
    assert.deepEqual(seen.seen, []);
    await nothingSent(sim);
  });

  test("an invalid request: all problems at once, and nothing is sent", async (t) => {
    const sim = await simulator(t);
    const error = await failing(
      createClient(sim).submit({ prompt: "", duration: 4.5, imagee: "x" }),
      "invalid_request",
    );
    const paths = error.issues.map(({ path }) => path);
    for (const path of ["prompt", "duration", "imagee"]) assert.ok(paths.includes(path), path);
    assert.deepEqual(JSON.parse(JSON.stringify(error)).issues, error.issues);
    await nothingSent(sim);
  });

  test("an invalid provider, limit or timeout", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    for (const options of [
      { provider: "veo" },
      { provider: [] },
      { maxCostUsd: NaN },
      { maxCostUsd: "2" },
    ]) {
      await failing(client.submit(TEXT, options), "invalid_request");
    }
    await nothingSent(sim);
  });

  test("over the budget, by the upper end; unknown costs only if they are allowed", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const error = await failing(client.submit(TEXT, { maxCostUsd: 1.199999 }), "budget_exceeded");
    assert.match(error.message, /\$1\.20/);
    // Less than a micro-dollar below the price is below it.
    for (const maxCostUsd of [1.1999999, 1.19999999, 1e-7]) {
      await failing(client.submit(TEXT, { maxCostUsd }), "budget_exceeded");
    }
    assert.equal(error.charge, "none");
    // A frame image leaves Runware's size open: 4 s at up to $0.50.
    await failing(client.submit(BOTH, { provider: "runware", maxCostUsd: 1.99 }), "budget_exceeded");
    const raw = { model: "runpod:echo-video", input: { prompt: "A fox" } };
    await failing(client.submit(raw, { maxCostUsd: 100 }), "budget_exceeded");
    await nothingSent(sim);
  });

  const BROKEN_STORES = {
    "a write that fails": { put: () => Promise.reject(new Error("disk full")) },
    "a write that throws": {
      put: () => {
        throw new Error("disk full");
      },
    },
    "a write that someone else was before": { put: async () => false },
    "a lease that fails": { lease: () => Promise.reject(new Error("disk full")) },
    "a lease that throws": {
      lease: () => {
        throw new Error("disk full");
      },
    },
  };
  for (const [name, broken] of Object.entries(BROKEN_STORES)) {
    test(`the store: ${name}, so nothing is sent`, async (t) => {
      const sim = await simulator(t);
      const seen = counting();
      const client = createClient(sim, { store: { ...memoryStore(), ...broken }, fetch: seen.fetch });
      const error = await failing(client.submit(TEXT), "store_error");
      assert.equal(error.charge, "none");
      assert.equal(error.cause?.message, name.includes("before") ? undefined : "disk full");
      assert.deepEqual(seen.seen, []);
      await nothingSent(sim);
      assertDiscreet(error);
    });
  }

  test("a store that fails later loses no video", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    let puts = 0;
    const put = async (...args) =>
      (puts += 1) === 1 ? store.put(...args) : Promise.reject(new Error("disk full"));
    const outcome = await createClient(sim, { store: { ...store, put } }).generate(TEXT);
    assert.equal(outcome.videos.length, 1);
    assert.ok(puts > 1);
  });

  test("an error is not the cause of a later one", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    await sim.faults({ operation: "poll", fault: { kind: "resetBefore" } });
    const request = { ...TEXT, prompt: `${PROMPT} [fail]` };
    const error = await failing(createClient(sim).generate(request), "generation_failed");
    assert.equal(error.cause, undefined);
  });
});
