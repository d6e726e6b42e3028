// A batch that cannot have its lease sends nothing: if its store fails, or if it is aborted while another run has it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT, waitFor } from "./support.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const HOW = { id: "foxes", budgetUsd: 2, maxConcurrency: 1, provider: "runware" };

function open(t) {
  const sim = createSimulator({ jobDurationMs: 600_000 });
  t.after(() => sim.close());
  return sim;
}

const FAILING = {
  rejects: async () => Promise.reject(new Error("no disk")),
  throws: () => {
    throw new Error("no disk");
  },
  "does not call its function": async () => {},
};

describe("a batch without its lease", { concurrency: true }, () => {
  for (const [what, lease] of Object.entries(FAILING)) {
    test(`whose store's \`lease\` ${what}: a store_error of each item`, async (t) => {
      const sim = open(t);
      const client = createFilmgate({ ...sim.options, store: { ...memoryStore(), lease } });
      const { items, spentUsd, reservedUsd } = await (await batch(client, [WAN, WAN], HOW)).result();
      for (const { error } of items) assert.deepEqual([error.code, error.charge, error.retryable], ["store_error", "none", true]);
      assert.deepEqual([items.length, spentUsd, reservedUsd, sim.submissions().length], [2, 0, 0, 0]);
    });
  }

  test("aborted while another run has it: the job that runs continues, and the other is not started", async (t) => {
    const sim = open(t);
    const store = memoryStore();
    const [first, second] = [new AbortController(), new AbortController()];
    const run = ({ signal }) => batch(createFilmgate({ ...sim.options, store }), [WAN, WAN], { ...HOW, signal });
    const submitting = await run(first);
    await waitFor(async () => (await store.list())[0]?.record.handle.acceptedAt !== undefined);
    const waiting = await run(second);
    second.abort(new Error("enough"));
    const { items, reservedUsd } = await waiting.result();
    assert.deepEqual(items.map(({ status, reason }) => [status, reason]), [["running", undefined], ["not_started", "aborted"]]);
    assert.equal(reservedUsd, 0.5);
    first.abort(new Error("enough"));
    await submitting.result();
    assert.equal(sim.submissions().length, 1);
  });
});
