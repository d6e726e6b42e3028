// A token's budget: spent and reserved together stay within it, by UTC day and month.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const USD = 1_000_000;
let accounts = 0;
const account = (limits) => openAccount(objects, limits, String(accounts++).padStart(64, "0"));

test("of 100 at once as many are let in as the budget pays, to the micro-dollar", async () => {
  const { admit, report } = await account({ dailyBudgetMicroUsd: 37 * 120_001 + 120_000 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => admit(120_001)));
  const admitted = answers.filter(({ isNew }) => isNew);
  assert.equal(admitted.length, 37);
  assert.equal(new Set(admitted.map(({ jobId }) => jobId)).size, 37);
  const { days, open } = await report();
  assert.equal(open.length, 37);
  assert.equal(days[0].reservedMicroUsd, 37 * 120_001);
  const refused = answers.find(({ error }) => error).error;
  assert.equal(refused.status, 402);
  assert.equal(refused.code, "budget_exceeded");
  assert.match(refused.message, /0\.120001 USD, and 0\.12 USD .* UTC day are left/);
});

test("what fits to the micro-dollar is let in, and what costs nothing always", async () => {
  const { admit } = await account({ monthlyBudgetMicroUsd: USD });
  assert.equal((await admit(USD + 1)).error.code, "budget_exceeded");
  assert.ok((await admit(USD)).isNew);
  assert.equal((await admit(1)).error.code, "budget_exceeded");
  assert.ok((await admit(0)).isNew);
});

test("a day ends at midnight UTC, and the month goes on", async () => {
  const { admit, report } = await account({ dailyBudgetMicroUsd: USD, monthlyBudgetMicroUsd: 2 * USD });
  objects.setClock("2030-01-30T23:59:59.999Z");
  assert.ok((await admit(USD)).isNew);
  assert.match((await admit(1)).error.message, /this UTC day/);
  objects.setClock("2030-01-31T00:00:00.000Z");
  assert.ok((await admit(USD)).isNew);
  objects.setClock("2030-01-31T23:59:59.999Z");
  assert.match((await admit(1)).error.message, /this UTC day/);
  objects.setClock("2030-02-01T00:00:00.000Z");
  assert.ok((await admit(USD)).isNew, "a new month as well");
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

test("the month's limit holds where the day's would let it in", async () => {
  const { admit } = await account({ dailyBudgetMicroUsd: USD, monthlyBudgetMicroUsd: 1.5 * USD });
  objects.setClock("2030-03-01T12:00:00Z");
  assert.ok((await admit(USD)).isNew);
  objects.setClock("2030-03-02T12:00:00Z");
  assert.match((await admit(USD)).error.message, /0\.5 USD .* UTC month are left/);
  objects.setClock(undefined);
});

test("what nobody knows the price of is for tokens without a budget", async () => {
  for (const limits of [{ dailyBudgetMicroUsd: USD }, { monthlyBudgetMicroUsd: USD }]) {
    const { admit } = await account(limits);
    assert.equal((await admit(null)).error.code, "budget_exceeded");
  }
  const { admit, settle, report } = await account({ maxConcurrentJobs: 5 });
  const { jobId } = await admit(null);
  await settle(jobId, { kind: "charged", microUsd: 77, isEstimate: false });
  assert.partialDeepStrictEqual((await report()).days[0], { spentMicroUsd: 77, reservedMicroUsd: 0 });
});

test("limits that an admin changes hold for the next job", async () => {
  const { admit, call } = await account({ dailyBudgetMicroUsd: USD });
  assert.ok((await admit(USD)).isNew);
  const { error } = await admit(USD);
  assert.equal(error.code, "budget_exceeded");
  await call("open", { ...(await call("facts")), dailyBudgetMicroUsd: 2 * USD });
  assert.ok((await admit(USD)).isNew);
});

test("only so many jobs at once; who waits for an admin counts no more", async () => {
  const { admit, settle } = await account({ maxConcurrentJobs: 2 });
  const first = await admit(1);
  assert.ok((await admit(1)).isNew);
  const { error } = await admit(1);
  assert.deepEqual([error.status, error.code], [429, "concurrency_limit_exceeded"]);
  assert.ok(error.retryAfterSeconds > 0);
  await settle(first.jobId, { kind: "pending", reason: "submission_unknown" });
  assert.ok((await admit(1)).isNew);
  assert.equal((await admit(1)).error.code, "concurrency_limit_exceeded");
});

test("only the models that it may order", async () => {
  const { admit } = await account({ models: ["sora-2", "veo-3"] });
  const { error } = await admit(1, { model: "sora-2-pro" });
  assert.deepEqual([error.status, error.code, error.param], [403, "model_not_allowed", "model"]);
  assert.match(error.message, /sora-2, veo-3/);
  assert.ok((await admit(1, { model: "veo-3" })).isNew);
});
