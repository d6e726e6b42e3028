// A batch at a gateway that is aborted while its first records are written: nothing was sent, and nothing is reserved.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { batch } from "../../pkg/dist/batch/index.js";
import { memoryStore } from "../../pkg/dist/index.js";
import { PROMPT, gateway } from "./client.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const all = await gateway({ after }, { sim: { jobDurationMs: 300 } });

test("its items are not started, and are generated when it runs again", async () => {
  const controller = new AbortController();
  const store = memoryStore();
  const put = async (...args) => {
    const isWritten = await store.put(...args);
    controller.abort(new Error("enough"));
    // Long enough for everything that does not wait for it.
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    return isWritten;
  };
  const client = all.createClient({ store: { ...store, put } });
  const how = { id: "foxes", budgetUsd: 1, maxConcurrency: 2, provider: "runware" };
  const { items, reservedUsd } = await (await batch(client, [WAN, WAN], { ...how, signal: controller.signal })).result();
  assert.deepEqual(items.map(({ status, reason }) => [status, reason]), Array(2).fill(["not_started", "aborted"]));
  assert.equal(reservedUsd, 0);
  assert.deepEqual(await client.jobs({ pending: true }), []);
  const again = await (await batch(all.createClient({ store }), [WAN, WAN], how)).result();
  assert.deepEqual(again.items.map(({ status }) => status), ["completed", "completed"]);
});
