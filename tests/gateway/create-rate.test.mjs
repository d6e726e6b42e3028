// The worldwide limit of creates: in the account, for each key.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openKeys } from "./keys.mjs";

const vars = { CREATES_PER_MINUTE: "3" };
const { admin, call, at } = await openKeys({ after }, { vars });
const reserve = ({ id, accountId }, more = {}) =>
  call("ACCOUNTS", accountId, "reserve", {
    ...{ keyId: id, jobId: crypto.randomUUID(), model: "m", bodyHash: crypto.randomUUID(), retryCount: 0 },
    ...{ reservedMicroUsd: 1, ...more },
  });

test("a key creates so often a minute, and another key of its account as often", async () => {
  await at("2030-05-01T12:00:10.000Z");
  const key = await admin("POST", "/keys", { name: "a key" });
  const other = await admin("POST", `/accounts/${key.accountId}/keys`, { name: "another" });
  const answers = await Promise.all(Array.from({ length: 10 }, () => reserve(key)));
  assert.equal(answers.filter(({ isNew }) => isNew).length, 3);
  const { error } = answers.find(({ error: one }) => one);
  assert.deepEqual([error.status, error.code, error.retryAfterSeconds], [429, "rate_limited", 50]);
  assert.ok((await reserve(other)).isNew);
  await at("2030-05-01T12:01:00.000Z");
  assert.ok((await reserve(key)).isNew);
  await at(undefined);
});

test("a retry after such a refusal makes its own job, and one that finds its job is not counted", async () => {
  await at("2030-05-01T12:00:10.000Z");
  const key = await admin("POST", "/keys", { name: "a key" });
  const body = { bodyHash: "same" };
  const made = [await reserve(key, body), await reserve(key, body), await reserve(key, body)];
  assert.equal((await reserve(key, { ...body, retryCount: 1 })).isNew, false);
  assert.equal((await reserve(key, body)).error.code, "rate_limited");
  await at("2030-05-01T12:01:00.000Z");
  const retry = await reserve(key, { ...body, retryCount: 1 });
  assert.ok(retry.isNew, "its first try made nothing");
  assert.ok(!made.some(({ jobId }) => jobId === retry.jobId));
  await at(undefined);
});
