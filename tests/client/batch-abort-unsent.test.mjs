// After an abort, an item whose job was never sent is not started and reserves nothing; one that was sent continues.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT, deferred, waitFor } from "./support.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };

/** Long enough for everything that does not wait for it. */
async function later() {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
}

for (const provider of ["runware", "runpod"]) {
  const open = (t) => {
    const sim = createSimulator({ jobDurationMs: 600_000 });
    t.after(() => sim.close());
    const controller = new AbortController();
    const how = { id: "foxes", budgetUsd: 10, maxConcurrency: 2, provider, signal: controller.signal };
    return { sim, controller, how };
  };

  test(`${provider}: aborted while its first record is written`, async (t) => {
    const { sim, controller, how } = open(t);
    const store = memoryStore();
    const put = async (...args) => {
      const isWritten = await store.put(...args);
      controller.abort(new Error("enough"));
      await later();
      return isWritten;
    };
    const client = createFilmgate({ ...sim.options, store: { ...store, put } });
    const { items, reservedUsd } = await (await batch(client, [WAN, WAN, WAN], how)).result();
    assert.deepEqual(items.map(({ status, reason }) => [status, reason]), Array(3).fill(["not_started", "aborted"]));
    assert.equal(reservedUsd, 0);
    assert.deepEqual((await client.jobs({ pending: true })), []);
    assert.deepEqual(sim.submissions(), []);
  });

  test(`${provider}: aborted while its submit is in flight`, async (t) => {
    const { sim, controller, how } = open(t);
    const answered = deferred();
    const fetch = async (request) => {
      const response = await sim.fetch(request);
      await answered.promise;
      return response;
    };
    const client = createFilmgate({ ...sim.options, fetch, store: memoryStore() });
    const run = await batch(client, [WAN, WAN, WAN], how);
    await waitFor(() => sim.submissions().length === 2);
    controller.abort(new Error("enough"));
    await later();
    answered.resolve();
    const { items, reservedUsd } = await run.result();
    assert.deepEqual(items.map(({ status }) => status), ["running", "running", "not_started"]);
    assert.deepEqual(items.slice(0, 2).map(({ id, handle }) => handle.id === id), [true, true]);
    assert.ok(reservedUsd > 0);
    assert.equal(sim.submissions().length, 2);
  });
}
