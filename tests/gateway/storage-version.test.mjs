// What is stored has a version: an older one is migrated, a newer one is refused and left alone, and the golden storages of
// every release are still read. `UPDATE_FIXTURES=1` writes those of the current version.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { currentVersion, MIGRATIONS, upgradeStorage } from "../../worker/src/storage-version.ts";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage, schemaOf } from "./storage/gateway.mjs";

const FIXTURES = join(import.meta.dirname, "storage-fixtures");
const CURRENT = join(FIXTURES, `v${Math.max(...Object.values(MIGRATIONS).map(currentVersion))}`);

const REQUEST = { model: "wan-2.6", seconds: "5", size: "1280x720" };

/** A storage in memory; a transaction that throws leaves it as it was. */
function memory(entries) {
  let map = new Map(Object.entries(entries));
  const kv = {
    get: (key) => map.get(key),
    put: (key, value) => map.set(key, value),
  };
  const transactionSync = (work) => {
    const before = new Map(map);
    try {
      work();
    } catch (error) {
      map = before;
      throw error;
    }
  };
  return { kv, transactionSync, entries: () => Object.fromEntries(map) };
}

const double = ({ kv }) => kv.put("value", kv.get("value") * 2);
const addOne = ({ kv }) => kv.put("value", kv.get("value") + 1);
const fail = () => {
  throw new Error("broken");
};

test("each step runs once, from the stored version on", () => {
  for (const [schema, value] of [[1, 3], [2, 2], [3, 1]]) {
    const storage = memory({ schema, value: 1 });
    upgradeStorage(storage, "job", [double, addOne]);
    assert.deepEqual(storage.entries(), { schema: 3, value }, `from ${schema}`);
  }
});

test("an empty storage stays empty", () => {
  const storage = memory({});
  upgradeStorage(storage, "job", [double]);
  assert.deepEqual(storage.entries(), {});
});

test("a step that fails leaves all as it was", () => {
  const storage = memory({ schema: 1, value: 1 });
  assert.throws(() => upgradeStorage(storage, "job", [double, fail]), /broken/);
  assert.deepEqual(storage.entries(), { schema: 1, value: 1 });
});

test("a newer storage is refused", () => {
  const storage = memory({ schema: 4, value: 1 });
  assert.throws(() => upgradeStorage(storage, "job", [double]), { name: "NewerStorageError", message: /version 4.*knows 2/ });
  assert.deepEqual(storage.entries(), { schema: 4, value: 1 });
});

const served = await openStorage({ after }, { jobDurationMs: 200 });
const { call, admin, inside } = served;

test("after a rollback every call is refused clearly, nothing is damaged, and the newer version continues", async () => {
  const apiKey = await served.createKey();
  const { id } = await served.generate(apiKey);
  const jobId = jobIdOf(id);
  const index = await served.indexOf(apiKey);
  const objects = [`JOBS/${jobId}`, `JOB_INDEX/${index}`, `ACCOUNTS/${index}`];
  const before = await Promise.all(objects.map((object) => inside(`${object}/dump`)));
  for (const object of objects) {
    await inside(`${object}/setVersion`, 2);
    await inside(`${object}/evict`);
  }
  const calls = [
    [`/v1/videos/${id}`],
    ["/v1/videos"],
    [`/v1/videos/${id}/content`],
    [`/v1/videos/${id}`, { method: "DELETE" }],
    ["/v1/videos", { json: { prompt: "A boat" } }],
  ];
  for (const [path, init] of calls) {
    const { status, headers, body } = await call(path, { apiKey, ...init });
    assert.deepEqual([status, body.error.code], [503, "service_unavailable"], path);
    assert.match(body.error.message, /newer version of the gateway/);
    assert.ok(Number(headers.get("retry-after")) > 0);
  }
  assert.match(JSON.stringify(await inside(`${objects[0]}/dump`)), /newer version/);
  // The test's own way in is closed as well, so the version is set back where it is stored.
  await served.kill();
  setVersions(served.data, 1);
  await served.restart();
  // Nor does a question write: an account without a batch has no table for them.
  assert.deepEqual((await call("/v1/video-batches", { apiKey })).body.data, []);
  const afterwards = await Promise.all(objects.map((object) => inside(`${object}/dump`)));
  assert.deepEqual(afterwards, before);
  assert.equal((await call(`/v1/videos/${id}`, { apiKey })).body.status, "completed");
});

test("a registry has its version from its first tables on", async (t) => {
  const { kv, tables } = await (await openStorage(t)).inside("REGISTRY/registry/dump");
  assert.ok(tables.length > 0);
  assert.deepEqual(kv.find(([key]) => key === "schema"), ["schema", currentVersion(MIGRATIONS.registry)]);
});

/** In every object's database below that folder. */
function setVersions(folder, version) {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const { serialize } = process.getBuiltinModule("node:v8");
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".sqlite"));
  for (const file of files.filter((name) => !name.endsWith("metadata.sqlite"))) {
    const database = new DatabaseSync(join(folder, file));
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_cf_KV'").get();
    if (table) database.prepare("UPDATE _cf_KV SET value = ? WHERE key = 'schema'").run(serialize(version));
    database.close();
  }
}

/** Generates one job of each end, and returns all that is stored. */
async function record() {
  const account = { name: "golden", dailyBudgetUsd: 50, models: ["wan-2.6"] };
  const { key: apiKey, accountId } = (await admin("keys", { json: account })).body;
  const user = (await admin(`accounts/${accountId}/keys`, { json: { name: "ann's", user: "ann" } })).body.key;
  const create = async (prompt, { by = apiKey, n, ...labels } = {}) => {
    const filmgate = { provider: "runware", ...(n && { n }) };
    const { body } = await call("/v1/videos", { apiKey: by, json: { ...REQUEST, prompt, ...labels, filmgate } });
    assert.ok(body.id, JSON.stringify(body));
    return body.id;
  };
  const completed = await create("A golden boat", { by: user, n: 2, user: "visitor", metadata: { order: "17" } });
  const failed = await create("A golden boat [fail]");
  const deleted = await create("A golden boat to be deleted");
  for (const id of [completed, failed, deleted]) await served.ended(id, apiKey);
  await call(`/v1/videos/${deleted}`, { apiKey, method: "DELETE" });
  await served.control("config", { jobDurationMs: 3_600_000 });
  const running = await create("A golden boat that sails on");
  await waitFor(async () => (await call(`/v1/videos/${running}`, { apiKey })).body.filmgate.status !== "submitting");
  await served.control("config", { jobDurationMs: 200 });
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  const jobs = { completed, failed, deleted, running };
  const names = [...Object.values(jobs).map((id) => `JOBS/${jobIdOf(id)}`), `JOB_INDEX/${accountId}`, `ACCOUNTS/${accountId}`, "REGISTRY/registry"];
  const objects = {};
  for (const name of names) objects[name] = await inside(`${name}/dump`);
  const { body: list } = await call("/v1/videos", { apiKey });
  return { apiKey, user, accountId, jobs, objects, list: list.data.map(shown) };
}

/** Of a video what no clock, key or origin changes. */
const shown = ({ id, status, prompt, model, error }) => ({ id, status, prompt, model, error: error?.code ?? null });

test("the current version has a golden storage", async () => {
  const file = join(CURRENT, "gateway.json");
  if (process.env.UPDATE_FIXTURES) {
    mkdirSync(CURRENT, { recursive: true });
    writeFileSync(file, `${JSON.stringify(await record(), null, 1)}\n`);
  }
  assert.ok(existsSync(file), "run this test once with UPDATE_FIXTURES=1");
});

test("its tables are those that this version creates", async () => {
  const { objects, accountId } = JSON.parse(readFileSync(join(CURRENT, "gateway.json"), "utf8"));
  const apiKey = await served.createKey();
  await served.generate(apiKey);
  const account = await served.indexOf(apiKey);
  await waitFor(async () => (await inside(`JOB_INDEX/${account}/dump`)).tables.length > 0);
  for (const [kind, name, golden] of [["ACCOUNTS", account, accountId], ["JOB_INDEX", account, accountId], ["REGISTRY", "registry", "registry"]]) {
    const today = await inside(`${kind}/${name}/dump`);
    assert.deepEqual(schemaOf(objects[`${kind}/${golden}`]), schemaOf(today), kind);
  }
});

for (const version of readdirSync(FIXTURES)) {
  test(`the golden storage ${version} is read: list, videos, account, and what still runs`, async (t) => {
    const golden = JSON.parse(readFileSync(join(FIXTURES, version, "gateway.json"), "utf8"));
    const now = await openStorage(t);
    for (const [name, stored] of Object.entries(golden.objects)) {
      await now.inside(`${name}/restore`, stored);
      await now.inside(`${name}/evict`);
    }
    const { apiKey, user, accountId, jobs } = golden;
    const get = (path) => now.call(path, { apiKey });
    const { body: list } = await get("/v1/videos");
    assert.deepEqual(list.data.map(shown), golden.list);
    for (const expected of golden.list) {
      assert.deepEqual(shown((await get(`/v1/videos/${expected.id}`)).body), expected);
    }
    const { billing, archived, metadata } = (await get(`/v1/videos/${jobs.completed}`)).body.filmgate;
    assert.deepEqual([billing.kind, archived, metadata], ["charged", true, { order: "17" }]);
    const { body: theirs } = await now.call("/v1/videos", { apiKey: user });
    assert.deepEqual(theirs.data.map(({ id }) => id), [jobs.completed], "of the key's user alone");
    assert.equal((await now.admin(`accounts/${accountId}`)).body.name, "golden");
    assert.equal((await now.admin(`accounts/${accountId}/keys`)).body.data.length, 2);
    assert.equal((await get(`/v1/videos/${jobs.deleted}`)).status, 404);
    // The file was not restored.
    assert.equal((await get(`/v1/videos/${jobs.completed}/content`)).status, 410);
    const cancelled = await now.call(`/v1/videos/${jobs.running}/cancel`, { apiKey, method: "POST" });
    assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
    await now.generate(apiKey, { ...REQUEST, prompt: "A boat of today" });
  });
}
