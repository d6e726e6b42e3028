// What an account remembers of a refused attempt never makes a lost response be paid twice.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
let accounts = 0;
const account = (limits) => openAccount(objects, limits, `acct_${String(accounts++).padStart(12, "0")}`);
/** That many seconds after noon. */
const at = (seconds) => objects.setClock(new Date(Date.UTC(2030, 4, 1, 12) + seconds * 1000).toISOString());
after(() => objects.setClock(undefined));

const attempt = (retryCount) => ({ bodyHash: "body", retryCount });
const ended = { kind: "charged", microUsd: 500, isEstimate: false };
const TOO_MANY = "concurrency_limit_exceeded";

test("a refusal that no SDK retries is not remembered", async () => {
  const { reserve, call } = await account({ dailyBudgetMicroUsd: 5000 });
  at(0);
  assert.equal((await reserve(6000, attempt(0))).error.status, 402);
  await call("change", { models: ["another"] });
  assert.equal((await reserve(500, attempt(0))).error.status, 403);
  await call("change", { models: null });
  const { jobId } = await reserve(500, attempt(0));
  at(1);
  assert.deepEqual(await reserve(500, attempt(1)), { jobId, isNew: false });
});

test("what an SDK has given up refuses no later order's lost response", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  at(0);
  const other = await reserve(500);
  for (const retry of [0, 1, 2]) {
    at(10 * retry);
    assert.equal((await reserve(500, attempt(retry))).error.code, TOO_MANY);
  }
  await recordBilling(other.jobId, ended);
  at(30);
  const { jobId, isNew } = await reserve(500, attempt(0));
  assert.ok(isNew);
  for (const retry of [1, 2]) {
    at(30 + retry);
    assert.deepEqual(await reserve(500, attempt(retry)), { jobId, isNew: false });
  }
});

test("a retry that comes before a refused one would, or long after it, finds its job", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  at(0);
  const other = await reserve(500);
  assert.equal((await reserve(500, attempt(0))).error.retryAfterSeconds, 10);
  await recordBilling(other.jobId, ended);
  at(5);
  const first = await reserve(500, attempt(0));
  at(6);
  assert.deepEqual(await reserve(500, attempt(1)), { jobId: first.jobId, isNew: false });
  await recordBilling(first.jobId, ended);
  at(80);
  const second = await reserve(500, attempt(0));
  at(81);
  assert.deepEqual(await reserve(500, attempt(1)), { jobId: second.jobId, isNew: false });
});

test("the refusal of a client that does not count its retries is not remembered", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  at(0);
  const other = await reserve(500);
  assert.equal((await reserve(500, attempt(undefined))).error.code, TOO_MANY);
  await recordBilling(other.jobId, ended);
  at(10);
  const { jobId } = await reserve(500, attempt(0));
  at(11);
  assert.deepEqual(await reserve(500, attempt(1)), { jobId, isNew: false });
});

test("a retry whose job is gone, and that was refused as a request of its own, does not find that job again", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  at(0);
  const gone = await reserve(500, attempt(0));
  await recordBilling(gone.jobId, ended);
  const other = await reserve(500);
  at(1);
  assert.equal((await reserve(500, attempt(1))).jobId, gone.jobId);
  assert.equal((await reserve(500, { ...attempt(1), joinsNone: true })).error.code, TOO_MANY);
  await recordBilling(other.jobId, ended);
  at(11);
  const retry = await reserve(500, attempt(2));
  assert.ok(retry.isNew);
  assert.notEqual(retry.jobId, gone.jobId);
});

test("a job is found only by a later retry than the one that made it", async () => {
  const { reserve } = await account();
  at(0);
  const late = await reserve(500, attempt(2));
  assert.ok(late.isNew);
  at(1);
  assert.ok((await reserve(500, attempt(1))).isNew, "another order's");
  assert.deepEqual(await reserve(500, attempt(3)), { jobId: late.jobId, isNew: false });
});

test("of equal orders that wait for each other, each is a job", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 1 });
  const made = [];
  let waiting = [0, 0, 0, 0];
  for (let round = 0; round < 4; round += 1) {
    at(10 * round);
    const answers = [];
    for (const retry of waiting) answers.push(await reserve(500, attempt(retry)));
    for (const { jobId } of answers.filter(({ error }) => !error)) {
      made.push(jobId);
      await recordBilling(jobId, ended);
    }
    waiting = answers.filter(({ error }) => error).map(() => round + 1);
  }
  assert.deepEqual([made.length, new Set(made).size, waiting.length], [4, 4, 0]);
});
