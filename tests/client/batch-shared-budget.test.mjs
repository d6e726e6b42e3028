// Several runs of one batch at once stay within its budget together, also if a request that was rejected, and whose
// money another run has spent since, may be submitted again.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT } from "./support.mjs";

/** $0.50 at Runware. */
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const how = { id: "foxes", budgetUsd: 1, maxConcurrency: 1, provider: "runware" };

/** A run whose first request is rejected for good, in a way that allows a retry, once it is so. */
async function rejected(sim, store) {
  let first;
  const fetch = async (request) => {
    const [{ taskType, taskUUID }] = await request.clone().json();
    if (taskType === "videoInference") first ??= taskUUID;
    if (first !== taskUUID || taskType !== "videoInference") return sim.fetch(request);
    const errors = [{ code: "rateLimitExceeded", message: "Slow down.", taskUUID }];
    return Response.json({ errors }, { status: 429, headers: { "retry-after": "0" } });
  };
  const run = await batch(createFilmgate({ ...sim.options, fetch, store }), [WAN, WAN, WAN], how);
  for await (const { item } of run) {
    if (item.status !== "failed") continue;
    assert.deepEqual([item.index, item.error.code, item.error.retryable, item.spentUsd], [0, "rate_limited", true, 0]);
    return run;
  }
  return assert.fail("it was not rejected");
}

describe("the same batch at once", { concurrency: true }, () => {
  for (const others of [1, 2]) {
    test(`by ${others + 1} runs`, async (t) => {
      const sim = createSimulator({ jobDurationMs: 300 });
      t.after(() => sim.close());
      const store = memoryStore();
      const runs = [await rejected(sim, store)];
      for (let run = 0; run < others; run++) runs.push(await batch(createFilmgate({ ...sim.options, store }), [WAN, WAN, WAN], how));
      const results = await Promise.all(runs.map((run) => run.result()));
      const billed = sim.charges().reduce((sum, { microUsd }) => sum + microUsd, 0);
      assert.equal(billed, 1_000_000);
      for (const { items, spentUsd } of results) {
        assert.equal(spentUsd, 1);
        assert.deepEqual(items.slice(1).map(({ status }) => status), ["completed", "completed"]);
      }
      for (const { items } of results.slice(1)) assert.deepEqual([items[0].status, items[0].reason], ["not_started", "budget"]);
      // With more money it is submitted again, by one of two runs.
      const again = () => batch(createFilmgate({ ...sim.options, store }), [WAN, WAN, WAN], { ...how, budgetUsd: 1.5 });
      const more = await Promise.all((await Promise.all([again(), again()])).map((run) => run.result()));
      for (const { items, spentUsd } of more) assert.deepEqual([items[0].status, spentUsd], ["completed", 1.5]);
      assert.equal(sim.charges().length, 3);
    });
  }
});
