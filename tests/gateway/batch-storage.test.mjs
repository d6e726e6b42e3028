// The storage of a batch of this release is read by every later one: what has ended stays, what is open goes on.
// `UPDATE_FIXTURES=1` records it anew.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "./api.mjs";
import { openBatches, PRICE_USD, requests, statuses } from "./batches/gateway.mjs";
import { openStorage, schemaOf } from "./storage/gateway.mjs";

const FILE = join(import.meta.dirname, "storage-fixtures", "v1", "batch.json");

const open = (t, settings) => openBatches(t, settings, openStorage);
const hexOf = (id) => id.replace("batch_", "");

async function record(t) {
  const served = await open(t);
  const { apiKey, accountId } = await served.createAccount({ name: "golden" });
  const ended = await served.create(apiKey, { requests: requests("Golden", "Golden too"), budgetUsd: PRICE_USD }, { key: "ended" });
  await served.batchEnded(ended.id, apiKey);
  await served.control("config", { jobDurationMs: 3_600_000 });
  const running = await served.create(apiKey, { requests: requests("Long", "Next"), budgetUsd: 2 * PRICE_USD, maxConcurrency: 1 }, { key: "open" });
  await waitFor(async () => (await served.read(running.id, apiKey)).items[0].video_id);
  const objects = {};
  for (const name of [`BATCHES/${hexOf(ended.id)}`, `BATCHES/${hexOf(running.id)}`, `ACCOUNTS/${accountId}`, `JOB_INDEX/${accountId}`, "REGISTRY/registry"]) {
    objects[name] = await served.inside(`${name}/dump`);
  }
  return { apiKey, ended: await served.read(ended.id, apiKey), open: running.id, objects };
}

test("the golden storage of a batch is read, and its open batch goes on without its lost job and alarm", async (t) => {
  if (process.env.UPDATE_FIXTURES) writeFileSync(FILE, `${JSON.stringify(await record(t), null, 1)}\n`);
  assert.ok(existsSync(FILE), "run this test once with UPDATE_FIXTURES=1");
  const golden = JSON.parse(readFileSync(FILE, "utf8"));
  const now = await open(t);
  for (const [name, stored] of Object.entries(golden.objects)) {
    await now.inside(`${name}/restore`, stored);
    await now.inside(`${name}/evict`);
  }
  const { apiKey } = golden;
  assert.deepEqual(await now.read(golden.ended.id, apiKey), golden.ended);
  const { body: list } = await now.call("/v1/video-batches", { apiKey });
  assert.deepEqual(new Set(list.data.map(({ id }) => id)), new Set([golden.ended.id, golden.open]));
  const end = await now.batchEnded(golden.open, apiKey);
  assert.deepEqual(statuses(end), ["failed", "completed"]);
  assert.equal(end.spentUsd, 2 * PRICE_USD, "the cost of the job that is gone counts in full");
});

test("its tables are those that this version creates", async (t) => {
  const { objects } = JSON.parse(readFileSync(FILE, "utf8"));
  const now = await open(t);
  const { apiKey, accountId } = await now.createAccount({ name: "today" });
  const batch = await now.create(apiKey, { requests: requests("Today"), budgetUsd: PRICE_USD }, { key: "today" });
  await now.batchEnded(batch.id, apiKey);
  const today = { BATCHES: hexOf(batch.id), ACCOUNTS: accountId, JOB_INDEX: accountId, REGISTRY: "registry" };
  for (const [name, golden] of Object.entries(objects)) {
    const [kind] = name.split("/");
    assert.deepEqual(schemaOf(golden), schemaOf(await now.inside(`${kind}/${today[kind]}/dump`)), kind);
  }
});
