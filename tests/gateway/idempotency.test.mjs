// One request, one job: by its key for a day, by its body for a retry of OpenAI's SDKs.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
let accounts = 0;
const account = (limits) => openAccount(objects, limits, `acct_${String(accounts++).padStart(12, "0")}`);

const KEYED = { idempotencyKey: "key", bodyHash: "body" };
const RETRY = { bodyHash: "body", retryCount: 1 };

test("the same key and body is the same job, reserved once", async () => {
  const { reserve, report } = await account({ dailyBudgetMicroUsd: 500, maxConcurrentJobs: 1 });
  const first = await reserve(500, KEYED);
  assert.equal(first.isNew, true);
  assert.deepEqual(await reserve(500, KEYED), { jobId: first.jobId, isNew: false });
  assert.equal((await report()).days[0].reservedMicroUsd, 500);
});

test("of concurrent duplicates one is new", async () => {
  const { reserve, report } = await account();
  const answers = await Promise.all(Array.from({ length: 100 }, () => reserve(500, KEYED)));
  assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
  assert.equal(new Set(answers.map(({ jobId }) => jobId)).size, 1);
  assert.equal((await report()).days[0].reservedMicroUsd, 500);
});

test("the same key with another body is rejected", async () => {
  const { reserve } = await account();
  await reserve(500, KEYED);
  const { error } = await reserve(500, { ...KEYED, bodyHash: "another" });
  assert.deepEqual([error.status, error.code], [422, "idempotency_key_reused"]);
});

test("a key names its job for a day, and then another one", async () => {
  const { reserve, recordBilling, call } = await account();
  objects.setClock("2030-05-01T12:00:00.000Z");
  const first = await reserve(500, KEYED);
  await recordBilling(first.jobId, { kind: "not_charged" });
  objects.setClock("2030-05-02T11:59:59.999Z");
  await call("sweep");
  assert.equal((await reserve(500, KEYED)).jobId, first.jobId);
  objects.setClock("2030-05-02T12:00:00.000Z");
  assert.ok((await reserve(500, { ...KEYED, bodyHash: "another" })).isNew);
  objects.setClock(undefined);
});

test("each account has its own keys", async () => {
  const [one, other] = [await account(), await account()];
  await one.reserve(500, KEYED);
  assert.ok((await other.reserve(500, { ...KEYED, bodyHash: "another" })).isNew);
});

test("a retry without a key finds the job of its body, for ten minutes", async () => {
  const { reserve } = await account({ dailyBudgetMicroUsd: 500 });
  objects.setClock("2030-05-01T12:00:00.000Z");
  const first = await reserve(500, { bodyHash: "body" });
  objects.setClock("2030-05-01T12:09:59.999Z");
  assert.deepEqual(await reserve(500, RETRY), { jobId: first.jobId, isNew: false });
  objects.setClock("2030-05-01T12:10:00.000Z");
  assert.equal((await reserve(500, RETRY)).error.code, "budget_exceeded");
  objects.setClock(undefined);
});

test("a retry finds the last of several equal requests, and none with another body", async () => {
  const { reserve } = await account();
  objects.setClock("2030-05-01T12:00:00.000Z");
  const first = await reserve(500, { bodyHash: "body" });
  objects.setClock("2030-05-01T12:00:01.000Z");
  const second = await reserve(500, { bodyHash: "body" });
  assert.notEqual(first.jobId, second.jobId, "not a retry: a second video is requested");
  assert.equal((await reserve(500, RETRY)).jobId, second.jobId);
  assert.ok((await reserve(500, { ...RETRY, bodyHash: "another" })).isNew);
  objects.setClock(undefined);
});

test("several retries of equal requests find a job each", async () => {
  const { reserve } = await account();
  const made = [];
  for (const second of [0, 1, 2]) {
    objects.setClock(`2030-05-01T12:00:0${second}.000Z`);
    made.push((await reserve(500, { bodyHash: "body" })).jobId);
  }
  const found = [];
  for (let retry = 0; retry < 3; retry += 1) found.push((await reserve(500, RETRY)).jobId);
  assert.deepEqual(found.toSorted(), made.toSorted());
  // The second retry of one of them finds a job again; a fourth first retry has none left.
  assert.ok(made.includes((await reserve(500, { ...RETRY, retryCount: 2 })).jobId));
  assert.ok((await reserve(500, RETRY)).isNew);
  objects.setClock(undefined);
});

test("the retry of a refused request joins no other request's job", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  objects.setClock("2030-05-01T12:00:00.000Z");
  const first = await reserve(500, { bodyHash: "body" });
  const refused = await reserve(500, { bodyHash: "body" });
  assert.equal(refused.error.code, "concurrency_limit_exceeded");
  assert.equal(refused.error.retryAfterSeconds, 10);
  objects.setClock("2030-05-01T12:00:10.000Z");
  assert.equal((await reserve(500, RETRY)).error.code, "concurrency_limit_exceeded", "refused again");
  await recordBilling(first.jobId, { kind: "charged", microUsd: 500, isEstimate: false });
  objects.setClock("2030-05-01T12:00:20.000Z");
  const second = await reserve(500, { ...RETRY, retryCount: 2 });
  assert.ok(second.isNew);
  assert.notEqual(second.jobId, first.jobId);
  objects.setClock(undefined);
});

test("a retry whose first attempt never arrived is a new job", async () => {
  const { reserve } = await account();
  assert.ok((await reserve(500, RETRY)).isNew);
});

test("a retry with a key is identified by its key", async () => {
  const { reserve } = await account();
  const first = await reserve(500, { bodyHash: "body" });
  const keyed = await reserve(500, { ...KEYED, retryCount: 1 });
  assert.ok(keyed.isNew);
  assert.notEqual(keyed.jobId, first.jobId);
  assert.equal((await reserve(500, RETRY)).jobId, first.jobId);
});

test("a revoked API key finds nothing", async () => {
  const { reserve, call } = await account();
  await reserve(500, KEYED);
  await call("revokeKey", "key_test", 5);
  assert.deepEqual((await reserve(500, KEYED)).error.status, 401);
});
