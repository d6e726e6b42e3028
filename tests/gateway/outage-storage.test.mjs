// The stored outage of a provider has a version, and that of this release is read by every later one. `UPDATE_FIXTURES=1`
// records it anew.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recorder, waitFor } from "./api.mjs";
import { openStorage } from "./storage/gateway.mjs";

const FILE = join(import.meta.dirname, "storage-fixtures", "v1", "provider-health.json");
const HEALTH = "PROVIDER_HEALTH/runware";
const ORDER = { model: "wan-2.6", prompt: "A golden boat", filmgate: { provider: "runware" } };

/** A gateway whose provider is away until `back()`, with an order that waits for it. */
async function inOutage(t) {
  let simulator;
  let isAway = true;
  const provider = await recorder(t, () => (isAway ? "http://127.0.0.1:1" : simulator.runware));
  const served = await openStorage(t, {
    vars: (started) => {
      simulator = started;
      return { RUNWARE_BASE_URL: provider.url, PROVIDER_PROBE_SECONDS: "0.2" };
    },
  });
  const health = (method, ...args) => served.inside(`${HEALTH}/${method}`, ...args);
  const apiKey = await served.createKey();
  const { body } = await served.call("/v1/videos", { apiKey, json: ORDER });
  await waitFor(async () => (await health("state")).state === "down");
  const back = () => (isAway = false);
  return { ...served, health, apiKey, id: body.id, back };
}

test("an outage is stored with its version; one of a newer version is refused, and holds no order back", async (t) => {
  const { health, ended, apiKey, id, back } = await inOutage(t);
  const { schema, ...rest } = Object.fromEntries((await health("dump")).kv);
  assert.deepEqual([schema, Object.keys(rest)], [1, ["listing", "outage"]]);
  await health("setVersion", 2);
  await health("evict");
  assert.match((await health("state")).thrown, /newer version of the gateway/);
  back();
  assert.equal((await ended(id, apiKey)).status, "completed");
});

test("the golden outage is read, and ends with the provider's next answer", async (t) => {
  if (process.env.UPDATE_FIXTURES) {
    const { health } = await inOutage(t);
    writeFileSync(FILE, `${JSON.stringify(await health("dump"), null, 1)}\n`);
  }
  assert.ok(existsSync(FILE), "run this test once with UPDATE_FIXTURES=1");
  const golden = JSON.parse(readFileSync(FILE, "utf8"));
  const now = await openStorage(t);
  await now.inside(`${HEALTH}/restore`, golden);
  await now.inside(`${HEALTH}/evict`);
  const { since } = Object.fromEntries(golden.kv).outage;
  assert.deepEqual(await now.inside(`${HEALTH}/state`), { state: "down", since, waitingJobs: 0 });
  await now.generate(await now.createKey(), ORDER);
  assert.equal((await now.inside(`${HEALTH}/state`)).state, "up");
});
