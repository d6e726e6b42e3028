// An API key's budget covers what is spent and reserved, by UTC day and month.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const USD = 1_000_000;
let accounts = 0;
const account = (limits) => openAccount(objects, limits, `acct_${String(accounts++).padStart(12, "0")}`);

test("of 100 concurrent jobs as many are accepted as the budget covers, to the micro-dollar", async () => {
  const { reserve, report } = await account({ dailyBudgetMicroUsd: 37 * 120_001 + 120_000 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => reserve(120_001)));
  const reserved = answers.filter(({ isNew }) => isNew);
  assert.equal(reserved.length, 37);
  assert.equal(new Set(reserved.map(({ jobId }) => jobId)).size, 37);
  const { days, open } = await report();
  assert.equal(open.length, 37);
  assert.equal(days[0].reservedMicroUsd, 37 * 120_001);
  const refused = answers.find(({ error }) => error).error;
  assert.equal(refused.status, 402);
  assert.equal(refused.code, "budget_exceeded");
  assert.match(refused.message, /0\.120001 USD, and 0\.12 USD .* UTC day are left/);
});

test("a job that fits to the micro-dollar is accepted, and a free one always", async () => {
  const { reserve } = await account({ monthlyBudgetMicroUsd: USD });
  assert.equal((await reserve(USD + 1)).error.code, "budget_exceeded");
  assert.ok((await reserve(USD)).isNew);
  assert.equal((await reserve(1)).error.code, "budget_exceeded");
  assert.ok((await reserve(0)).isNew);
});

test("a day ends at midnight UTC, and the month continues", async () => {
  const { reserve, report } = await account({ dailyBudgetMicroUsd: USD, monthlyBudgetMicroUsd: 2 * USD });
  objects.setClock("2030-01-30T23:59:59.999Z");
  assert.ok((await reserve(USD)).isNew);
  assert.match((await reserve(1)).error.message, /this UTC day/);
  objects.setClock("2030-01-31T00:00:00.000Z");
  assert.ok((await reserve(USD)).isNew);
  objects.setClock("2030-01-31T23:59:59.999Z");
  assert.match((await reserve(1)).error.message, /this UTC day/);
  objects.setClock("2030-02-01T00:00:00.000Z");
  assert.ok((await reserve(USD)).isNew, "a new month as well");
  const { days, month } = await report();
  assert.deepEqual(
    days.map(({ day, jobs }) => [day, jobs]),
    [
      ["2030-02-01", 1],
      ["2030-01-31", 1],
      ["2030-01-30", 1],
    ],
  );
  assert.deepEqual(month, { month: "2030-02", spentMicroUsd: 0, reservedMicroUsd: USD });
  objects.setClock(undefined);
});

test("the monthly limit applies if the daily one does not", async () => {
  const { reserve } = await account({ dailyBudgetMicroUsd: USD, monthlyBudgetMicroUsd: 1.5 * USD });
  objects.setClock("2030-03-01T12:00:00Z");
  assert.ok((await reserve(USD)).isNew);
  objects.setClock("2030-03-02T12:00:00Z");
  assert.match((await reserve(USD)).error.message, /0\.5 USD .* UTC month are left/);
  objects.setClock(undefined);
});

test("a job without a price needs an API key without a budget", async () => {
  for (const limits of [{ dailyBudgetMicroUsd: USD }, { monthlyBudgetMicroUsd: USD }]) {
    const { reserve } = await account(limits);
    assert.equal((await reserve(null)).error.code, "budget_exceeded");
  }
  const { reserve, recordBilling, report } = await account({ maxConcurrentJobs: 5 });
  const { jobId } = await reserve(null);
  await recordBilling(jobId, { kind: "charged", microUsd: 77, isEstimate: false });
  assert.partialDeepStrictEqual((await report()).days[0], { spentMicroUsd: 77, reservedMicroUsd: 0 });
});

test("changed limits apply to the next job", async () => {
  const { reserve, call } = await account({ dailyBudgetMicroUsd: USD });
  assert.ok((await reserve(USD)).isNew);
  const { error } = await reserve(USD);
  assert.equal(error.code, "budget_exceeded");
  await call("open", { ...(await call("info")), dailyBudgetMicroUsd: 2 * USD });
  assert.ok((await reserve(USD)).isNew);
});

test("the concurrency limit applies, without pending jobs", async () => {
  const { reserve, recordBilling } = await account({ maxConcurrentJobs: 2 });
  const first = await reserve(1);
  assert.ok((await reserve(1)).isNew);
  const { error } = await reserve(1);
  assert.deepEqual([error.status, error.code], [429, "concurrency_limit_exceeded"]);
  assert.ok(error.retryAfterSeconds > 0);
  await recordBilling(first.jobId, { kind: "pending", reason: "submission_unknown" });
  assert.ok((await reserve(1)).isNew);
  assert.equal((await reserve(1)).error.code, "concurrency_limit_exceeded");
});

test("only the allowed models are accepted", async () => {
  const { reserve } = await account({ models: ["sora-2", "veo-3"] });
  const { error } = await reserve(1, { model: "sora-2-pro" });
  assert.deepEqual([error.status, error.code, error.param], [403, "model_not_allowed", "model"]);
  assert.match(error.message, /sora-2, veo-3/);
  assert.ok((await reserve(1, { model: "veo-3" })).isNew);
});
