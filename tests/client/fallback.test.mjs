// Which provider is tried, and when the next one is: only after a rejection that certainly cost nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { BOTH, createClient, counting, failing, simulator } from "./support.mjs";

/** The providers of the submits, in order. */
const asked = async (sim) => (await sim.ledger()).submissions.map(({ provider }) => provider);
const bad = (sim, provider, apiKey) => ({ [provider]: { ...sim.settings[provider], apiKey } });

describe("fallback", { concurrency: true }, () => {
  test("an order of preference is respected, and the first provider that accepts is the only one", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    for (const provider of [
      ["runware", "runpod"],
      ["runpod", "runware"],
    ]) {
      assert.equal((await client.generate(BOTH, { provider })).provider, provider[0]);
    }
    assert.deepEqual(await asked(sim), ["runware", "runpod"]);
  });

  test("the cheapest by its upper price, which is also the default", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    // RunPod: $1.20 exactly. Runware accepts no size with a frame image: up to $2.
    assert.equal((await client.generate(BOTH, { provider: "cheapest" })).provider, "runpod");
    assert.equal((await client.generate(BOTH)).provider, "runpod");
    assert.equal((await client.generate({ ...BOTH, duration: 20 })).provider, "runware");
  });

  for (const [apiKey, why] of [
    ["bad-key", "a wrong key"],
    ["broke-key", "no money"],
  ]) {
    test(`after ${why} the next one is tried, and the first leaves no record`, async (t) => {
      const sim = await simulator(t);
      for (const [first, second] of [
        ["runware", "runpod"],
        ["runpod", "runware"],
      ]) {
        const client = createClient(sim, bad(sim, first, apiKey));
        const outcome = await client.generate(BOTH, { provider: [first, second] });
        assert.equal(outcome.provider, second);
        assert.deepEqual(
          (await client.jobs()).map(({ handle }) => handle.provider),
          [second],
        );
      }
      assert.equal((await sim.ledger()).charges.length, 2);
    });
  }

  test("after an unreachable provider, and after a key that cannot be loaded", async (t) => {
    const sim = await simulator(t);
    const gone = await simulator(t);
    await gone.stop();
    const nobody = { runware: gone.settings.runware };
    const sealed = {
      runware: { ...sim.settings.runware, apiKey: () => Promise.reject(new Error("sealed")) },
    };
    for (const settings of [nobody, sealed]) {
      const outcome = await createClient(sim, settings).generate(BOTH, {
        provider: ["runware", "runpod"],
      });
      assert.equal(outcome.provider, "runpod");
    }
  });

  test("if all reject, the last rejection is thrown", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim, {
      ...bad(sim, "runware", "broke-key"),
      ...bad(sim, "runpod", "bad-key"),
    });
    const error = await failing(
      client.submit(BOTH, { provider: ["runware", "runpod"] }),
      "unauthorized",
    );
    assert.equal(error.provider, "runpod");
    assert.deepEqual((await sim.ledger()).charges, []);
  });

  const LOST = [
    { kind: "resetAfter" },
    { kind: "resetBefore" },
    { kind: "error", status: 500, after: true },
    { kind: "html", status: 502 },
    { kind: "truncated" },
    { kind: "truncatedStream" },
  ];
  for (const fault of LOST) {
    test(`never after a lost response: ${JSON.stringify(fault)}`, async (t) => {
      const sim = await simulator(t);
      await sim.faults({ provider: "runpod", operation: "submit", fault });
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch });
      const error = await failing(
        client.submit(BOTH, { provider: ["runpod", "runware"] }),
        "submission_unknown",
      );
      assert.equal(error.charge, "unknown");
      assert.equal(seen.submissions().length, 1);
      assert.ok(!(await asked(sim)).includes("runware"));
      assert.equal((await client.jobs())[0].status, "submission_unknown");
    });
  }

  for (const text of ['{"id":"job-1","sta', ' data: {"id":"job-1"}\n\n', '"{\\"id\\"', '{"Status":"IN_QUEUE"}']) {
    test(`never after a refusal that may hold a job: ${text}`, async (t) => {
      const sim = await simulator(t);
      const seen = counting(async () => new Response(text, { status: 403 }));
      const client = createClient(sim, { fetch: seen.fetch });
      const error = await failing(client.submit(BOTH, { provider: ["runpod", "runware"] }), "submission_unknown");
      assert.equal(error.charge, "unknown");
      assert.equal(seen.submissions().length, 1);
      assert.ok(!(await asked(sim)).includes("runware"));
    });
  }

  test("never after a failed generation", async (t) => {
    const sim = await simulator(t);
    const request = { ...BOTH, prompt: `${BOTH.prompt} [fail]` };
    await failing(
      createClient(sim).generate(request, { provider: ["runpod", "runware"] }),
      "generation_failed",
    );
    assert.deepEqual(await asked(sim), ["runpod"]);
  });

  test("never to a provider above the limit or without a key", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim, bad(sim, "runpod", "bad-key"));
    await failing(client.submit(BOTH, { maxCostUsd: 1.5 }), "unauthorized");
    const alone = createClient({ settings: bad(sim, "runpod", "bad-key") });
    await failing(alone.submit(BOTH, { provider: ["runpod", "runware"] }), "unauthorized");
    assert.ok(!(await asked(sim)).includes("runware"));
  });

  test("a record that cannot be deleted does not prevent the next attempt", async (t) => {
    const sim = await simulator(t);
    for (const broken of [
      () => Promise.reject(new Error("no")),
      () => {
        throw new Error("no");
      },
    ]) {
      const store = { ...memoryStore(), delete: broken };
      const settings = { ...bad(sim, "runware", "bad-key"), store };
      const outcome = await createClient(sim, settings).generate(BOTH, {
        provider: ["runware", "runpod"],
      });
      assert.equal(outcome.provider, "runpod");
    }
  });
});
