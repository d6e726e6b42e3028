// A key is replaced without an interruption: both work until the overlap is over.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./job/jobs.mjs";
import { openKeys } from "./keys.mjs";

const { ask, admin, call, run, at } = await openKeys({ after });
const NOW = "2030-05-01T12:00:00.000Z";
const HOUR = 3_600_000;
const hoursLater = (hours) => new Date(Date.parse(NOW) + hours * HOUR).toISOString();
const isAccepted = async (key) => !(await run("authenticate", `Bearer ${key}`)).error;

test("the old key works until the overlap is over, the new one from the start", async () => {
  await at(NOW);
  const old = await admin("POST", "/keys", { name: "a key", dailyBudgetUsd: 5 });
  const made = await admin("POST", `/keys/${old.id}/rotate`, { overlapHours: 2 });
  assert.equal(made.http, 201);
  assert.notEqual(made.key, old.key);
  assert.deepEqual([made.accountId, made.name, made.expiresAt], [old.accountId, "a key", undefined]);
  assert.deepEqual([made.replaces.id, made.replaces.expiresAt], [old.id, Date.parse(hoursLater(2))]);
  assert.deepEqual([await isAccepted(old.key), await isAccepted(made.key)], [true, true]);
  await at(new Date(Date.parse(hoursLater(2)) - 1).toISOString());
  assert.equal(await isAccepted(old.key), true);
  await at(hoursLater(2));
  assert.deepEqual([await isAccepted(old.key), await isAccepted(made.key)], [false, true], "not even from the cache");
  const { error } = await run("authenticate", `Bearer ${old.key}`);
  assert.match(error.message, /expired/);
  await at(undefined);
});

test("without an overlap the old key is rejected at once", async () => {
  const old = await admin("POST", "/keys", { name: "a key" });
  const made = await admin("POST", `/keys/${old.id}/rotate`, { overlapHours: 0 });
  assert.deepEqual([await isAccepted(old.key), await isAccepted(made.key)], [false, true]);
});

test("a rotation keeps scopes, models, user and end, and the spending so far", async () => {
  const expiresAt = Date.now() + 100 * HOUR;
  const limits = { scopes: ["create"], user: "u1", maxSpendUsd: 0.000_005, expiresAt };
  const { id, accountId } = await admin("POST", "/keys", { name: "a key", ...limits });
  const reserve = (keyId, reservedMicroUsd) =>
    call("ACCOUNTS", accountId, "reserve", {
      ...{ keyId, jobId: crypto.randomUUID(), model: "m", bodyHash: crypto.randomUUID(), retryCount: 0 },
      reservedMicroUsd,
    });
  assert.ok((await reserve(id, 3)).isNew);
  const made = await admin("POST", `/keys/${id}/rotate`, {});
  for (const [name, value] of Object.entries(limits)) assert.deepEqual(made[name], value, name);
  assert.equal((await reserve(made.id, 3)).error.code, "budget_exceeded", "a rotation is no raise");
  assert.ok((await reserve(made.id, 1)).isNew);
  assert.equal((await reserve(id, 2)).error.code, "budget_exceeded", "both spend from the same amount");
  const later = await admin("POST", `/keys/${made.id}/rotate`, { expiresAt: null });
  assert.equal(later.expiresAt, undefined);
  assert.ok((await reserve(later.id, 1)).isNew);
  assert.equal((await reserve(later.id, 1)).error.code, "budget_exceeded");
});

test("only an active key is rotated, for at most thirty days", async () => {
  const { id } = await admin("POST", "/keys", { name: "a key" });
  for (const overlapHours of [-1, 721, "2"]) {
    assert.equal((await admin("POST", `/keys/${id}/rotate`, { overlapHours })).http, 400);
  }
  const odd = await admin("POST", `/keys/${id}/rotate`, { overlapHours: 1.234_567_89 });
  assert.equal(odd.http, 201);
  assert.ok(Number.isInteger(odd.replaces.expiresAt), "times are whole milliseconds");
  await admin("DELETE", `/keys/${id}`);
  const { http, error } = await admin("POST", `/keys/${id}/rotate`, {});
  assert.deepEqual([http, error.code], [409, "conflict"]);
  assert.equal((await admin("POST", "/keys/key_000000000000/rotate", {})).http, 404);
});

test("a key expires at its time, and a change can extend it", async () => {
  await at(NOW);
  const { key, id } = await admin("POST", "/keys", { name: "a key", expiresAt: hoursLater(1) });
  assert.equal(await isAccepted(key), true);
  await at(hoursLater(1));
  assert.equal(await isAccepted(key), false);
  assert.equal((await ask(key, "POST", "/v1/videos", { model: "wan-2.6", prompt: "A fox" })).http, 401);
  assert.deepEqual((await admin("GET", `/keys?state=expired&search=${id}`)).data.length, 1);
  await admin("PATCH", `/keys/${id}`, { expiresAt: hoursLater(3) });
  assert.equal(await isAccepted(key), true);
  for (const expiresAt of [NOW, 1e300, 9e15, 1.5, "tomorrow", true]) {
    assert.equal((await admin("PATCH", `/keys/${id}`, { expiresAt })).http, 400, String(expiresAt));
  }
  await at(undefined);
});

test("the last use of a key is known to the hour", async () => {
  await at(NOW);
  const { key, id, accountId } = await admin("POST", "/keys", { name: "a key" });
  const lastUsedAt = async () => (await admin("GET", `/accounts/${accountId}/keys`)).data.find((one) => one.id === id).lastUsedAt;
  assert.equal(await lastUsedAt(), undefined);
  await isAccepted(key);
  await waitFor(async () => (await lastUsedAt()) === Date.parse(NOW));
  await at(new Date(Date.parse(hoursLater(1)) - 1).toISOString());
  await isAccepted(key);
  assert.equal(await lastUsedAt(), Date.parse(NOW));
  await at(hoursLater(2));
  await isAccepted(key);
  await waitFor(async () => (await lastUsedAt()) === Date.parse(hoursLater(2)));
  await at(undefined);
});

test("idempotency keys and retries find the old key's jobs", async () => {
  const { id, accountId } = await admin("POST", "/keys", { name: "a key" });
  const made = await admin("POST", `/keys/${id}/rotate`, {});
  const reserve = (keyId) =>
    call("ACCOUNTS", accountId, "reserve", {
      ...{ keyId, jobId: crypto.randomUUID(), model: "m", bodyHash: "body", idempotencyKey: "one" },
      ...{ retryCount: 0, reservedMicroUsd: 1 },
    });
  const first = await reserve(id);
  assert.deepEqual(await reserve(made.id), { jobId: first.jobId, isNew: false });
});
