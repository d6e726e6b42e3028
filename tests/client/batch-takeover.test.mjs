// A process that is killed while it submits the jobs of a batch does not hold up another one that runs the same batch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { folderOf, start } from "./processes.mjs";
import { PROMPT, simulator, waitFor } from "./support.mjs";

/** $0.50 at Runware. */
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };

test("two processes wait, and one of them takes over", { timeout: 120_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 1_500 });
  const options = { id: "foxes", budgetUsd: 2, maxConcurrency: 1, provider: "runware" };
  const work = { kind: "batch", folder: folderOf(), settings: sim.settings, requests: Array(6).fill(WAN), options };
  const first = start(t, work);
  await waitFor(async () => (await sim.ledger()).submissions.length === 1);
  const others = [start(t, work), start(t, work)];
  await Promise.all(others.map((other) => other.first("item")));
  await first.kill();
  const results = await Promise.all(others.map((other) => other.first("result")));
  const { submissions, totalMicroUsd } = await sim.ledger();
  assert.deepEqual([submissions.length, totalMicroUsd], [4, 2_000_000]);
  for (const { items, spentUsd } of results) {
    assert.equal(spentUsd, 2);
    assert.deepEqual(items.map(({ status }) => status), [...Array(4).fill("completed"), ...Array(2).fill("not_started")]);
  }
});
