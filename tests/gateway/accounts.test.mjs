// Accounts: several API keys share limits, budget and videos; another account sees none of them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./job/jobs.mjs";
import { openKeys } from "./keys.mjs";

const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
after(simulator.stop);
const { ask, admin, call } = await openKeys({ after }, { simulator });
const ORDER = { model: "wan-2.6", prompt: "A fox", seconds: "5", size: "1280x720" };

const account = async (body) => {
  const made = await admin("POST", "/accounts", { name: "a team", ...body });
  assert.equal(made.http, 201);
  assert.match(made.id, /^acct_[0-9a-f]{12}$/);
  return made.id;
};
const keyOf = async (id, body) => {
  const made = await admin("POST", `/accounts/${id}/keys`, { name: "a key", ...body });
  assert.equal(made.http, 201, JSON.stringify(made));
  return made;
};

test("several keys of an account see its videos, and no other account's key does", async () => {
  const [ours, theirs] = [await account(), await account()];
  const [one, other, foreign] = [await keyOf(ours), await keyOf(ours), await keyOf(theirs)];
  const { id } = await ask(one.key, "POST", "/v1/videos", ORDER);
  assert.equal((await ask(other.key, "GET", `/v1/videos/${id}`)).http, 200);
  const { data } = await ask(other.key, "GET", "/v1/videos");
  assert.deepEqual(data.map((video) => video.id), [id]);
  for (const [method, path] of [
    ["GET", ""],
    ["DELETE", ""],
    ["GET", "/content"],
    ["GET", "/events"],
    ["POST", "/cancel"],
    ["POST", "/remix"],
  ]) {
    const body = path === "/remix" ? { prompt: "A bear" } : undefined;
    const { http, error } = await ask(foreign.key, method, `/v1/videos/${id}${path}`, body);
    assert.deepEqual([http, error.code], [404, "not_found"], `${method} ${path}`);
  }
  assert.deepEqual((await ask(foreign.key, "GET", "/v1/videos")).data, []);
  assert.equal((await ask(foreign.key, "GET", `/v1/videos?after=${id}`)).http, 400);
});

test("what a leaked key made is its account's still after it is revoked", async () => {
  const id = await account();
  const [leaked, next] = [await keyOf(id), await keyOf(id)];
  const video = await ask(leaked.key, "POST", "/v1/videos", ORDER);
  await admin("DELETE", `/keys/${leaked.id}`);
  assert.equal((await ask(leaked.key, "POST", "/v1/videos", ORDER)).http, 401);
  const cancelled = await ask(next.key, "POST", `/v1/videos/${video.id}/cancel`);
  assert.equal(cancelled.http, 200);
  await waitFor(async () => /completed|failed/.test((await ask(next.key, "GET", `/v1/videos/${video.id}`)).status));
  assert.equal((await ask(next.key, "DELETE", `/v1/videos/${video.id}`)).http, 200);
});

test("the keys of an account share its budget", async () => {
  const id = await account({ dailyBudgetUsd: 0.8 });
  const [one, other] = [await keyOf(id), await keyOf(id)];
  const create = ({ key }) => ask(key, "POST", "/v1/videos", ORDER);
  assert.equal((await create(one)).http, 200);
  assert.equal((await create(other)).error.code, "budget_exceeded");
});

test("an account that is closed rejects all its keys, and gets no new ones", async () => {
  const id = await account();
  const { key } = await keyOf(id);
  const closed = await admin("POST", `/accounts/${id}/close`);
  assert.ok(closed.closedAt > 0);
  assert.equal((await admin("POST", `/accounts/${id}/close`)).closedAt, closed.closedAt);
  const { http, error } = await ask(key, "POST", "/v1/videos", ORDER);
  assert.deepEqual([http, error.code], [401, "invalid_token"]);
  assert.match(error.message, /account .* closed/);
  const refused = await admin("POST", `/accounts/${id}/keys`, { name: "late" });
  assert.deepEqual([refused.http, refused.error.code], [409, "conflict"]);
  assert.equal((await admin("PATCH", `/accounts/${id}`, { name: "again" })).closedAt, closed.closedAt);
  assert.equal((await call("REGISTRY", "registry", "findAccount", id)).closedAt, closed.closedAt);
});

test("accounts and keys are listed in pages, found by name or id, and keys by state", async () => {
  const names = ["Trailer team", "trailer others", "Posters"];
  const ids = [];
  for (const name of names) ids.unshift(await account({ name }));
  const [posters, others, team] = ids;
  const { data, has_more, last_id } = await admin("GET", "/accounts?limit=2");
  assert.deepEqual([data.map(({ id }) => id), has_more, last_id], [[posters, others], true, others]);
  const next = await admin("GET", `/accounts?limit=1&after=${last_id}`);
  assert.deepEqual(next.data.map(({ id }) => id), [team]);
  const found = await admin("GET", "/accounts?search=TRAILER");
  assert.deepEqual(found.data.map(({ id }) => id), [others, team]);
  assert.deepEqual((await admin("GET", `/accounts?search=${team.slice(7)}`)).data.length, 1);
  assert.deepEqual((await admin("GET", "/accounts?search=%25")).data, [], "a search text is no pattern");
  assert.equal((await admin("GET", "/accounts?after=acct_000000000000")).http, 400);
  assert.equal((await admin("GET", `/accounts?search=${"x".repeat(101)}`)).http, 400);

  const [alive, dead] = [await keyOf(team, { name: "alive" }), await keyOf(team, { name: "dead" })];
  await admin("DELETE", `/keys/${dead.id}`);
  const listed = async (query) => (await admin("GET", `/accounts/${team}/keys${query}`)).data.map(({ id }) => id);
  assert.deepEqual((await listed("")).sort(), [alive.id, dead.id].sort());
  assert.deepEqual(await listed("?state=active"), [alive.id]);
  assert.deepEqual(await listed("?state=revoked"), [dead.id]);
  assert.deepEqual((await admin("GET", "/keys?search=alive&state=active")).data[0].accountId, team);
  assert.equal((await admin("GET", "/keys?state=odd")).http, 400);
});

test("an account's fields are validated", async () => {
  for (const [body, param] of [
    [{ retentionDays: 0 }, "retentionDays"],
    [{ retentionDays: 1.5 }, "retentionDays"],
    [{ retentionDays: "9" }, "retentionDays"],
    [{ scopes: ["read"] }, "scopes"],
    [{ name: "" }, "name"],
  ]) {
    const { http, error } = await admin("POST", "/accounts", { name: "a team", ...body });
    assert.deepEqual([http, error.param], [400, param]);
  }
  const id = await account({ retentionDays: 30 });
  assert.equal((await admin("GET", `/accounts/${id}`)).retentionDays, 30);
  assert.equal((await admin("PATCH", `/accounts/${id}`, { retentionDays: null })).retentionDays, undefined);
});

test("the report gives each day by key and model", async () => {
  const id = await account();
  const [one, other] = [await keyOf(id), await keyOf(id)];
  const reserve = async (keyId, model, reservedMicroUsd, jobId) =>
    call("ACCOUNTS", id, "reserve", { keyId, jobId, model, bodyHash: jobId, retryCount: 0, reservedMicroUsd });
  await reserve(one.id, "wan-2.6", 5, "1");
  await reserve(one.id, "vidu-q3", 7, "2");
  await reserve(other.id, "wan-2.6", 11, "3");
  await call("ACCOUNTS", id, "recordBilling", "3", { kind: "charged", microUsd: 9, isEstimate: false });
  const { usage, days, open } = await call("ACCOUNTS", id, "report");
  const rows = usage.map(({ keyId, model, spentMicroUsd, reservedMicroUsd, jobs }) => [keyId, model, spentMicroUsd, reservedMicroUsd, jobs]);
  const expected = [
    [one.id, "vidu-q3", 0, 7, 1],
    [one.id, "wan-2.6", 0, 5, 1],
    [other.id, "wan-2.6", 9, 0, 1],
  ];
  assert.deepEqual(rows.sort(), expected.sort());
  assert.deepEqual(days[0].spentMicroUsd + days[0].reservedMicroUsd, 21);
  assert.deepEqual(open.map(({ keyId }) => keyId), [one.id, one.id]);
});
