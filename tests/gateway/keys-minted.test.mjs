// Short-lived keys: `POST /v1/keys` by a key of the scope `mint`, which can do nothing else.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openKeys } from "./keys.mjs";

const { ask, admin, call, run, at } = await openKeys({ after });
const ORDER = { model: "wan-2.6", prompt: "A fox" };
const HOUR = 3_600_000;

const minter = (body) => admin("POST", "/keys", { name: "the app", scopes: ["mint"], ...body });
const mint = async ({ key }, body = {}) => ask(key, "POST", "/v1/keys", body);
const reserve = ({ id, accountId }, reservedMicroUsd, more = {}) =>
  call("ACCOUNTS", accountId, "reserve", {
    ...{ keyId: id, jobId: crypto.randomUUID(), model: "wan-2.6", bodyHash: crypto.randomUUID(), retryCount: 0 },
    ...{ reservedMicroUsd, ...more },
  });

test("a minted key creates and reads for an hour in the same account", async () => {
  const app = await minter();
  const made = await mint(app, { user: "visitor-1" });
  assert.equal(made.http, 201);
  assert.equal(made.headers.get("cache-control"), "no-store");
  const { accountId, scopes, user, mintedBy, expiresAt, createdAt } = made;
  assert.deepEqual([accountId, scopes, user, mintedBy], [app.accountId, ["create", "read"], "visitor-1", app.id]);
  assert.equal(expiresAt - createdAt, HOUR);
  assert.equal((await ask(made.key, "GET", "/v1/videos")).http, 200);
  assert.notEqual((await ask(made.key, "POST", "/v1/videos", ORDER)).http, 403);
});

test("a minted key mints and administers nothing, whatever was asked for", async () => {
  const app = await minter();
  const { key } = await mint(app);
  assert.equal((await ask(key, "POST", "/v1/keys", {})).http, 403);
  assert.equal((await ask(key, "GET", "/admin/api/keys")).http, 403);
  for (const body of [
    { scopes: ["mint"] },
    { scopes: ["admin"] },
    { scopes: ["read", "admin"] },
    { scopes: [] },
    { expiresInSeconds: 24 * 3600 + 1 },
    { expiresInSeconds: 0 },
    { expiresAt: Date.now() + 900 * HOUR },
    { accountId: "acct_000000000000" },
    { mintedBy: "key_000000000000" },
    { user: "" },
    { user: "a\nb" },
    { user: "x".repeat(65) },
    { maxSpendUsd: -1 },
    { models: ["nosuch"] },
  ]) {
    assert.equal((await mint(app, body)).http, 400, JSON.stringify(body));
  }
  const { id } = await mint(app);
  assert.equal((await admin("POST", `/keys/${id}/rotate`, {})).http, 409, "it is not made to last");
});

test("a minted key ends at its time, and never after the key that minted it", async () => {
  await at("2030-05-01T12:00:00.000Z");
  const start = Date.parse("2030-05-01T12:00:00.000Z");
  const app = await minter({ expiresAt: start + 3 * HOUR });
  const short = await mint(app, { expiresInSeconds: 60 });
  const long = await mint(app, { expiresInSeconds: 24 * 3600 });
  assert.equal(long.expiresAt, start + 3 * HOUR);
  await at(new Date(start + 60_000).toISOString());
  assert.match((await run("authenticate", `Bearer ${short.key}`)).error.message, /expired/);
  assert.ok(!(await run("authenticate", `Bearer ${long.key}`)).error);
  // The minter's end is brought forward.
  const brief = await mint(app, { expiresInSeconds: 24 * 3600 });
  await admin("PATCH", `/keys/${app.id}`, { expiresAt: start + 2 * HOUR });
  await at(new Date(start + 2 * HOUR).toISOString());
  assert.match((await run("authenticate", `Bearer ${brief.key}`)).error.message, /expired/);
  assert.equal((await reserve(brief, 1)).error.status, 401);
  await at(undefined);
});

test("once its minter is revoked, a minted key is rejected as well, and none is minted", async () => {
  const app = await minter();
  const [used, fresh] = [await mint(app), await mint(app)];
  assert.equal((await ask(used.key, "GET", "/v1/videos")).http, 200);
  await admin("DELETE", `/keys/${app.id}`);
  assert.equal((await ask(fresh.key, "GET", "/v1/videos")).http, 401);
  assert.equal((await reserve(used, 1)).error.status, 401, "creates at once");
  assert.equal((await mint(app)).http, 401);
});

test("while its minter lacks the scope `mint`, a minted key is rejected as well", async () => {
  const app = await minter();
  const minted = await mint(app);
  await admin("PATCH", `/keys/${app.id}`, { scopes: ["read"] });
  assert.equal((await ask(minted.key, "GET", "/v1/videos")).http, 401);
  assert.equal((await ask(minted.key, "POST", "/v1/videos", ORDER)).http, 401);
  assert.equal((await reserve(minted, 1)).error.status, 401);
  await admin("PATCH", `/keys/${app.id}`, { scopes: ["mint"] });
  assert.equal((await ask(minted.key, "GET", "/v1/videos")).http, 200);
});

test("a change keeps a minted key one: no later end, no scope beyond create and read", async () => {
  const app = await minter();
  const { id, expiresAt } = await mint(app);
  for (const change of [{ expiresAt: null }, { expiresAt: expiresAt + 1 }, { scopes: ["mint"] }, { scopes: ["create", "admin"] }]) {
    const refused = await admin("PATCH", `/keys/${id}`, change);
    assert.deepEqual([refused.error.code, refused.error.param], ["conflict", Object.keys(change)[0]]);
  }
  const changed = await admin("PATCH", `/keys/${id}`, { expiresAt: expiresAt - 1, scopes: ["read"], name: "visitor" });
  assert.deepEqual([changed.expiresAt, changed.scopes, changed.name], [expiresAt - 1, ["read"], "visitor"]);
});

test("a minted key's models and user are within its minter's", async () => {
  const app = await minter({ models: ["wan-2.6", "vidu-q3", "runpod:mine"], user: "tenant" });
  assert.equal((await mint(app, { user: "another" })).http, 400);
  assert.equal((await mint(app)).user, "tenant");
  assert.equal((await mint(app, { models: ["sora-2"] })).error.code, "model_not_allowed");
  const narrow = await mint(app, { models: ["vidu-q3"] });
  assert.equal((await reserve(narrow, 1)).error.code, "model_not_allowed");
  assert.ok((await reserve(narrow, 1, { model: "vidu-q3" })).isNew);
  const raw = await mint(app, { models: ["runpod:mine"] });
  assert.ok((await reserve(raw, 1, { model: "runpod:mine" })).isNew);

  const free = await minter();
  assert.equal((await mint(free, { models: ["runpod:mine"] })).error.code, "model_not_allowed", "no raw models of its own");
  assert.equal((await reserve(await mint(free), 1, { model: "runpod:mine" })).error.code, "model_not_allowed");
});

test("what minted keys cost together is within their minter's spending limit", async () => {
  const app = await minter({ maxSpendUsd: 0.000_01 });
  const keys = await Promise.all(Array.from({ length: 5 }, () => mint(app, { maxSpendUsd: 0.000_004 })));
  const answers = await Promise.all(keys.flatMap((key) => [reserve(key, 3), reserve(key, 3)]));
  assert.equal(answers.filter(({ isNew }) => isNew).length, 3, "3 of 3 micro-dollars fit into 10, one a key into 4");
  const { usage } = await call("ACCOUNTS", app.accountId, "report");
  assert.deepEqual(usage.map(({ keyId, reservedMicroUsd }) => [keyId, reservedMicroUsd]), [[app.id, 9]]);
});

test("minted keys are listed with their account, and forgotten a day after their end", async () => {
  await at("2030-05-01T12:00:00.000Z");
  const app = await minter();
  const made = await mint(app);
  const listed = async () => (await admin("GET", `/accounts/${app.accountId}/keys`)).data.map(({ id }) => id);
  assert.ok((await listed()).includes(made.id));
  assert.ok(!(await admin("GET", "/keys")).data.some(({ id }) => id === made.id));
  await at("2030-05-02T13:00:00.001Z");
  const later = await mint(app);
  assert.deepEqual((await listed()).sort(), [app.id, later.id].sort());
  assert.equal((await run("authenticate", `Bearer ${made.key}`)).error.status, 401);
  await at(undefined);
});
