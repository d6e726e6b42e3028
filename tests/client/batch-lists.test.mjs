// How often a batch that is run again lists its store: a list reads every record.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batch } from "../../pkg/dist/batch/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT, waitFor } from "./support.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };

/** A store with the records of that many requests, each aborted before it was sent, and the same batch again. */
async function unsent(t, count) {
  const sim = createSimulator({ jobDurationMs: 10 });
  t.after(() => sim.close());
  const store = memoryStore();
  const requests = Array(count).fill(WAN);
  const how = { id: "again", budgetUsd: 20, provider: "runware", maxConcurrency: count };
  const controller = new AbortController();
  let written = 0;
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const put = async (...args) => {
    const done = await store.put(...args);
    if ((written += 1) === count) controller.abort();
    await released;
    return done;
  };
  const client = createFilmgate({ ...sim.options, store: { ...store, put } });
  const { result } = await batch(client, requests, { ...how, signal: controller.signal });
  await result();
  release();
  const isCancelled = ({ handle, error }) => error?.charge === "none" && handle.submittedAt === undefined;
  await waitFor(async () => (await client.jobs()).filter(isCancelled).length === count);
  assert.deepEqual(sim.submissions(), []);
  const again = async (changed) =>
    (await batch(createFilmgate({ ...sim.options, store: { ...store, ...changed } }), requests, how)).result();
  return { sim, store, again };
}

async function listsOf(t, count) {
  const { sim, store, again } = await unsent(t, count);
  let lists = 0;
  const list = () => {
    lists += 1;
    return store.list();
  };
  const { items } = await again({ list });
  assert.deepEqual(items.map(({ status }) => status), Array(count).fill("completed"));
  assert.equal(sim.submissions().length, count);
  return lists;
}

test("as often for five unsent requests as for one", async (t) => {
  assert.equal(await listsOf(t, 5), await listsOf(t, 1));
});

test("a store that fails meanwhile is a store_error of its item, and nothing is sent", async (t) => {
  const { sim, again } = await unsent(t, 1);
  const { items } = await again({ get: async () => Promise.reject(new Error("gone")) });
  assert.equal(items[0].error.code, "store_error");
  assert.deepEqual(sim.submissions(), []);
});
