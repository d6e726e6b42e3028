// What a key may cost in its whole life, and its models, beside those of its account.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openKeys } from "./keys.mjs";

const { admin, call } = await openKeys({ after });
const reserve = ({ id, accountId }, reservedMicroUsd, model = "wan-2.6") =>
  call("ACCOUNTS", accountId, "reserve", {
    ...{ keyId: id, jobId: crypto.randomUUID(), model, bodyHash: crypto.randomUUID(), retryCount: 0 },
    reservedMicroUsd,
  });
const bill = ({ accountId }, jobId, billing) => call("ACCOUNTS", accountId, "recordBilling", jobId, billing);
const create = (body) => admin("POST", "/keys", { name: "a key", ...body });

test("of 100 concurrent jobs as many are accepted as maxSpendUsd covers, to the micro-dollar", async () => {
  const key = await create({ maxSpendUsd: 1.234567 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => reserve(key, 100_001)));
  assert.equal(answers.filter(({ isNew }) => isNew).length, 12);
  const { error } = answers.find(({ error: one }) => one);
  assert.deepEqual([error.status, error.code], [402, "budget_exceeded"]);
  assert.match(error.message, /this API key may spend 0\.034555 USD more/);
  assert.ok((await reserve(key, 34_555)).isNew);
  assert.equal((await reserve(key, 1)).error.code, "budget_exceeded");
});

test("what was reserved and not spent is free again, on any later day", async () => {
  const key = await create({ maxSpendUsd: 0.000_01 });
  const { jobId } = await reserve(key, 10);
  await bill(key, jobId, { kind: "charged", microUsd: 4, isEstimate: false });
  assert.equal((await reserve(key, 7)).error.code, "budget_exceeded");
  const next = await reserve(key, 6);
  await bill(key, next.jobId, { kind: "not_charged" });
  assert.ok((await reserve(key, 6)).isNew);
});

test("an unknown price needs a key without a spending limit", async () => {
  assert.equal((await reserve(await create({ maxSpendUsd: 5 }), null)).error.code, "budget_exceeded");
});

test("a limit that is set later counts what was spent before, and null removes it", async () => {
  const key = await create();
  await reserve(key, 6);
  await admin("PATCH", `/keys/${key.id}`, { maxSpendUsd: 0.000_01 });
  assert.equal((await reserve(key, 5)).error.code, "budget_exceeded");
  assert.equal((await admin("PATCH", `/keys/${key.id}`, { maxSpendUsd: null })).maxSpendUsd, undefined);
  assert.ok((await reserve(key, 5)).isNew);
});

test("a key's models narrow its account's", async () => {
  const { accountId } = await create({ models: ["wan-2.6", "vidu-q3"] });
  const made = await admin("POST", `/accounts/${accountId}/keys`, { name: "narrow", models: ["vidu-q3", "sora-2"] });
  const { error } = await reserve(made, 1);
  assert.equal(error.code, "model_not_allowed");
  assert.match(error.message, /It allows: vidu-q3\./);
  assert.equal((await reserve(made, 1, "sora-2")).error.code, "model_not_allowed");
  assert.ok((await reserve(made, 1, "vidu-q3")).isNew);
});
