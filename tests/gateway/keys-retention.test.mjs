// An API key's own `retentionDays` in the admin API and in `POST /v1/keys`.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openKeys } from "./keys.mjs";

const { ask, admin } = await openKeys({ after });
const account = async (body) => (await admin("POST", "/accounts", { name: "team", ...body })).id;
const keyOf = (accountId, body) => admin("POST", `/accounts/${accountId}/keys`, { name: "key", ...body });

test("a key is created with it, shows it, changes it and loses it", async () => {
  const id = await account();
  const created = await keyOf(id, { retentionDays: 7 });
  assert.deepEqual([created.http, created.retentionDays], [201, 7]);
  const shown = async () => (await admin("GET", `/accounts/${id}/keys`)).data[0].retentionDays;
  assert.equal(await shown(), 7);
  assert.equal((await admin("PATCH", `/keys/${created.id}`, { retentionDays: 30 })).retentionDays, 30);
  assert.equal((await admin("PATCH", `/keys/${created.id}`, { name: "other" })).retentionDays, 30, "an absent field stays");
  assert.equal(await shown(), 30);
  assert.equal((await admin("PATCH", `/keys/${created.id}`, { retentionDays: null })).retentionDays, undefined);
  assert.equal(await shown(), undefined);
  for (const retentionDays of [0, 1.5, "9", 3651]) {
    const { http, error } = await keyOf(id, { retentionDays });
    assert.deepEqual([http, error?.param], [400, "retentionDays"], String(retentionDays));
  }
});

test("with a new account and its key at once, it is the account's", async () => {
  const made = await admin("POST", "/keys", { name: "both", retentionDays: 7 });
  assert.deepEqual([made.account.retentionDays, made.retentionDays], [7, undefined]);
});

test("a rotation keeps it", async () => {
  const { id } = await keyOf(await account(), { retentionDays: 7 });
  const { retentionDays, replaces } = await admin("POST", `/keys/${id}/rotate`, {});
  assert.deepEqual([retentionDays, replaces.retentionDays], [7, 7]);
});

test("a minted key has the shorter one of what was asked for and of its minter's, for its life", async () => {
  const mint = (app, body = {}) => ask(app.key, "POST", "/v1/keys", body);
  const app = await keyOf(await account(), { scopes: ["mint"], retentionDays: 7 });
  const days = [];
  for (const retentionDays of [undefined, 3, 30]) days.push((await mint(app, { retentionDays })).retentionDays);
  assert.deepEqual(days, [7, 3, 7]);
  const free = await keyOf(await account(), { scopes: ["mint"] });
  assert.equal((await mint(free)).retentionDays, undefined);
  const minted = await mint(free, { retentionDays: 30 });
  assert.equal(minted.retentionDays, 30);
  assert.equal((await mint(free, { retentionDays: 0 })).error.param, "retentionDays");
  for (const retentionDays of [1, 60, null]) {
    const { http, error } = await admin("PATCH", `/keys/${minted.id}`, { retentionDays });
    assert.deepEqual([http, error?.code, error?.param], [409, "conflict", "retentionDays"]);
  }
});
