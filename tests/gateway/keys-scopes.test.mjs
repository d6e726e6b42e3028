// The scopes of an API key: what each of them may do, and nothing else.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openKeys } from "./keys.mjs";

const { ask, admin, call } = await openKeys({ after });
const ORDER = { model: "wan-2.6", prompt: "A fox" };
const VIDEO = `video_${"0".repeat(64)}`;

const keyWith = async (...scopes) => (await admin("POST", "/keys", { name: "a key", scopes })).key;

/** Each route, with the scope that it needs. */
const ROUTES = [
  ["create", "POST", "/v1/videos", ORDER],
  ["create", "DELETE", `/v1/videos/${VIDEO}`],
  ["create", "POST", `/v1/videos/${VIDEO}/cancel`],
  ["create", "POST", `/v1/videos/${VIDEO}/remix`, { prompt: "A bear" }],
  ["read", "GET", "/v1/videos"],
  ["read", "GET", `/v1/videos/${VIDEO}`],
  ["read", "GET", `/v1/videos/${VIDEO}/content`],
  ["read", "GET", `/v1/videos/${VIDEO}/events`],
  ["read", "POST", "/v1/quotes", ORDER],
  ["read", "POST", "/v1/validate", ORDER],
  ["read", "POST", "/v1/plan", ORDER],
  ["mint", "POST", "/v1/keys", {}],
  ["admin", "GET", "/admin/api/keys"],
  ["admin", "GET", "/admin/api/usage"],
];

test("a key does what its scope allows, and all else is 403", async () => {
  for (const scope of ["create", "read", "mint", "admin"]) {
    const key = await keyWith(scope);
    for (const [needed, method, path, body] of ROUTES) {
      const { http, error } = await ask(key, method, path, body);
      if (needed === scope) assert.ok(![401, 403].includes(http), `${scope}: ${method} ${path}: ${http}`);
      else assert.deepEqual([http, error.code], [403, "insufficient_scope"], `${scope}: ${method} ${path}`);
    }
  }
});

test("a key without scopes of its own creates and reads", async () => {
  const { key, scopes } = await admin("POST", "/keys", { name: "a key" });
  assert.deepEqual(scopes, ["create", "read"]);
  assert.equal((await ask(key, "GET", "/v1/videos")).http, 200);
  assert.equal((await ask(key, "GET", "/admin/api/keys")).http, 403);
  assert.equal((await ask(key, "POST", "/v1/keys", {})).http, 403);
});

test("a key of the scope `admin` uses the admin API like the admin token", async () => {
  const key = await keyWith("admin");
  const made = await ask(key, "POST", "/admin/api/accounts", { name: "by a key" });
  assert.equal(made.http, 201);
  assert.equal((await ask(key, "POST", `/admin/api/accounts/${made.id}/close`)).http, 200);
});

test("scopes that are unknown, repeated, none, or `mint` beside others are refused", async () => {
  for (const scopes of [["write"], ["read", "read"], [], "read", ["mint", "read"], ["admin", "mint"], [null]]) {
    const { http, error } = await admin("POST", "/keys", { name: "a key", scopes });
    assert.equal(http, 400, JSON.stringify(scopes));
    assert.match(error.param, /^scopes/);
  }
  const { id } = await admin("POST", "/keys", { name: "a key", scopes: ["read"] });
  assert.equal((await admin("PATCH", `/keys/${id}`, { scopes: ["read", "mint"] })).http, 400);
});

test("a change of scopes applies to creates at once", async () => {
  const { id, accountId } = await admin("POST", "/keys", { name: "a key" });
  const reserve = () =>
    call("ACCOUNTS", accountId, "reserve", {
      ...{ keyId: id, jobId: crypto.randomUUID(), model: "m", bodyHash: crypto.randomUUID(), retryCount: 0 },
      reservedMicroUsd: 1,
    });
  assert.ok((await reserve()).isNew);
  await admin("PATCH", `/keys/${id}`, { scopes: ["read"] });
  assert.equal((await reserve()).error.code, "invalid_token");
});

test("a key that was just used and is then revoked, or loses its scope, changes nothing any more", async () => {
  const losses = [
    ["revoked", ({ id }) => admin("DELETE", `/keys/${id}`)],
    ["without its scope", ({ id }) => admin("PATCH", `/keys/${id}`, { scopes: ["read"] })],
    ["of a closed account", ({ accountId }) => admin("POST", `/accounts/${accountId}/close`)],
  ];
  for (const [scope, used, changes] of [
    ["admin", ["GET", "/admin/api/keys"], [["POST", "/admin/api/keys", { name: "heir", scopes: ["admin"] }], ["POST", "/admin/api/secrets/rotate", {}]]],
    ["create", ["DELETE", `/v1/videos/${VIDEO}`], [["DELETE", `/v1/videos/${VIDEO}`], ["POST", `/v1/videos/${VIDEO}/cancel`]]],
    ["mint", ["POST", "/v1/keys", {}], [["POST", "/v1/keys", {}]]],
  ]) {
    for (const [loss, lose] of losses) {
      const made = await admin("POST", "/keys", { name: "leaked", scopes: [scope] });
      await ask(made.key, ...used);
      await lose(made);
      for (const [method, path, body] of changes) {
        const { http } = await ask(made.key, method, path, body);
        assert.equal(http, loss === "without its scope" ? 403 : 401, `${scope}, ${loss}: ${method} ${path}`);
      }
    }
  }
});
