// A batch never passes its own budget or its account's, and what has failed at no cost leaves room for the rest.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openBatches, PRICE_USD, requests, statuses } from "./batches/gateway.mjs";

const served = await openBatches({ after });
const { create, batchEnded, admin } = served;

const ledgerUsd = async () => (await served.control("ledger")).totalMicroUsd / 1e6;
const prompts = (count) => Array.from({ length: count }, (_, at) => `Fox number ${at}`);

test("as many begin as the budget covers, at most so many at once, and the rest is not started", async () => {
  const apiKey = await served.createKey();
  const before = await ledgerUsd();
  const budgetUsd = 3 * PRICE_USD + 0.1;
  const { id } = await create(apiKey, { requests: requests(...prompts(8)), budgetUsd, maxConcurrency: 2 });
  const end = await batchEnded(id, apiKey, ({ spentUsd, reservedUsd, request_counts: { running } }) => {
    assert.ok(spentUsd + reservedUsd <= budgetUsd, `${spentUsd} + ${reservedUsd}`);
    assert.ok(running <= 2, `${running} at once`);
  });
  assert.deepEqual(statuses(end), [...Array(3).fill("completed"), ...Array(5).fill("not_started")]);
  assert.ok(end.items.slice(3).every(({ reason }) => reason === "budget"));
  assert.equal(end.spentUsd, 3 * PRICE_USD);
  assert.equal(Math.round((await ledgerUsd()) * 1e6), Math.round((before + end.spentUsd) * 1e6));
});

test("what its account refuses is not started, and what was begun counts in the account", async () => {
  const { apiKey, accountId } = await served.createAccount({ dailyBudgetUsd: 2 * PRICE_USD });
  const { id } = await create(apiKey, { requests: requests(...prompts(4)), budgetUsd: 100 });
  const end = await batchEnded(id, apiKey);
  assert.deepEqual(statuses(end), ["completed", "completed", "not_started", "not_started"]);
  assert.deepEqual(end.items.slice(2).map(({ reason }) => reason), ["account_budget", "account_budget"]);
  const { body } = await admin("usage");
  const { days } = body.data.find((one) => one.id === accountId);
  assert.deepEqual([days[0].spentUsd, days[0].reservedUsd, days[0].jobs], [2 * PRICE_USD, 0, 2]);
});

test("a failed request is one item, and the others go on", async () => {
  const apiKey = await served.createKey();
  const before = await ledgerUsd();
  const { id } = await create(apiKey, { requests: requests("A fox", "A fox [fail]", "Another fox"), budgetUsd: 10, maxConcurrency: 1 });
  const end = await batchEnded(id, apiKey);
  assert.deepEqual(statuses(end), ["completed", "failed", "completed"]);
  const [, failed] = end.items;
  assert.equal(typeof failed.error.code, "string");
  assert.match(failed.video_id, /^video_/);
  assert.ok(end.spentUsd + 1e-9 >= (await ledgerUsd()) - before, "what may have been charged counts");
});

test("a model that the key does not allow fails at no cost", async () => {
  const apiKey = await served.createKey({ models: ["p-video"] });
  const { id } = await create(apiKey, { requests: requests("A fox"), budgetUsd: 10 });
  const end = await batchEnded(id, apiKey);
  assert.deepEqual(end.items, [{ index: 0, status: "failed", spentUsd: 0, error: { code: "model_not_allowed" } }]);
});

test("the account's limit of concurrent jobs holds a batch back, and does not end it", async () => {
  const apiKey = await served.createKey({ maxConcurrentJobs: 1 });
  const { id } = await create(apiKey, { requests: requests(...prompts(3)), budgetUsd: 10, maxConcurrency: 3 });
  const end = await batchEnded(id, apiKey);
  assert.deepEqual(statuses(end), Array(3).fill("completed"));
});
