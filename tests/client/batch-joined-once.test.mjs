// A job that an earlier run has started is reserved for once when the batch runs again with more requests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT, waitFor } from "./support.mjs";

/** $0.50 at Runware. */
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };

test("two jobs of the same batch reserve the price of two", async (t) => {
  const sim = createSimulator({ jobDurationMs: 600_000 });
  t.after(() => sim.close());
  const store = memoryStore();
  // A job that is joined knows its state late.
  const get = async (key) => {
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    return store.get(key);
  };
  for (const [count, reserved] of [[1, 0.5], [2, 1]]) {
    const controller = new AbortController();
    const client = createFilmgate({ ...sim.options, store: { ...store, get } });
    const how = { id: "foxes", budgetUsd: 1, provider: "runware", signal: controller.signal };
    const run = await batch(client, Array(count).fill(WAN), how);
    await waitFor(() => sim.submissions().length === count);
    controller.abort(new Error("enough"));
    const { items, reservedUsd } = await run.result();
    assert.deepEqual([items.map(({ status }) => status), reservedUsd], [Array(count).fill("running"), reserved]);
  }
});
