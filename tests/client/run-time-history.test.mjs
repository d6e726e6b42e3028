// A client records the run times of a listing, so that later jobs are polled less often and resolve sooner.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { RunTimeHistory } from "../../pkg/dist/client/planner.js";
import { PROMPT, PROVIDERS, REQUESTS, TEXT, createClient, failing, simulator } from "./support.mjs";

/** A store, and what the jobs in it knew, in the order of their submits. */
function remembering() {
  const store = memoryStore();
  const records = new Map();
  const put = (key, record, revision) => {
    records.set(key, structuredClone(record));
    return store.put(key, record, revision);
  };
  const known = () => [...records.values()].map(({ polling }) => polling.runTimeHistoryMs ?? []);
  return { store: { ...store, put }, known };
}

describe("run times", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: the run time of one job is known to the next`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 400 });
      const { store, known } = remembering();
      const client = createClient(sim, { store });
      const outcome = await client.generate(REQUESTS[provider], { provider });
      await client.generate(REQUESTS[provider], { provider });
      const [none, one] = known();
      assert.deepEqual(none, []);
      const reported = outcome.timing.executionTimeMs;
      if (reported !== undefined) assert.deepEqual(one, [reported]);
      assert.equal(one.length, 1);
      assert.ok(one[0] > 0 && one[0] < 60_000);
    });
  }

  test("no run time is recorded from a failure, from several videos at once, or from another listing", async (t) => {
    const sim = await simulator(t);
    const { store, known } = remembering();
    const client = createClient(sim, { store });
    const failed = { ...TEXT, prompt: `${PROMPT} [fail]` };
    await failing(client.generate(failed), "generation_failed");
    await client.generate({ ...TEXT, n: 2 });
    const echo = { model: "runware:sim:echo@1", input: { positivePrompt: PROMPT } };
    await client.generate(echo, { provider: "runware" });
    await client.generate(TEXT);
    assert.deepEqual(known(), [[], [], [], []]);
  });

  test("no run time is recorded from a job that is resumed after its end", async (t) => {
    const sim = await simulator(t);
    const controller = new AbortController();
    const { store, known } = remembering();
    const { handle } = await createClient(sim, { store }).submit(TEXT, { signal: controller.signal });
    controller.abort();
    await sim.control("advance", { ms: 3_600_000 });
    const client = createClient(sim, { store });
    await client.resume(handle).result();
    await client.generate(TEXT);
    assert.deepEqual(known(), [[], []]);
  });
});

test("the latest 64 run times are kept for each listing", () => {
  const times = new RunTimeHistory();
  const [a, b] = [{ provider: "runware", model: "a", providerModelId: "a@1" }, { provider: "runpod", model: "a", providerModelId: "b" }];
  for (let ms = 1; ms <= 72; ms++) times.record(a, ms);
  times.record(b, 7);
  const kept = times.of("a");
  assert.equal(kept["runware:a@1"].length, 64);
  assert.deepEqual([kept["runware:a@1"][0], kept["runware:a@1"].at(-1)], [9, 72]);
  assert.deepEqual(kept["runpod:b"], [7]);
  assert.deepEqual(times.of("b"), {});
});
