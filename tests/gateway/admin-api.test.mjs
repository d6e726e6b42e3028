// The admin API: accounts and API keys are created, listed, changed and revoked, by the admin only.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { openObjects, withChecksum } from "./account/objects.mjs";

const objects = await openObjects({ after });
const { url, adminToken } = objects.gateway;

async function ask(method, path, body, token = adminToken) {
  const answer = await fetch(`${url}/admin/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, ...(await answer.json()) };
}

const make = (body) => ask("POST", "/keys", { name: "a team", ...body });

test("an API key is returned once, and stored as a hash", async () => {
  const made = await make({ dailyBudgetUsd: 12.5, monthlyBudgetUsd: 0.1, maxConcurrentJobs: 3, models: ["sora-2"] });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("cache-control"), "no-store");
  assert.match(made.key, /^fgw_[0-9a-f]{12}[\w-]{49}$/);
  assert.equal(made.accountId, `acct_${made.key.slice(4, 16)}`);
  const hash = createHash("sha256").update(made.key).digest("hex");
  assert.equal(made.id, `key_${hash.slice(0, 12)}`);
  assert.partialDeepStrictEqual(made.account, { dailyBudgetUsd: 12.5, monthlyBudgetUsd: 0.1, maxConcurrentJobs: 3 });
  const facts = await objects.call("ACCOUNTS", made.accountId, "info");
  assert.partialDeepStrictEqual(facts, { dailyBudgetMicroUsd: 12_500_000, monthlyBudgetMicroUsd: 100_000 });
  const { data } = await ask("GET", "/keys");
  const listed = data.find(({ id }) => id === made.id);
  assert.deepEqual(Object.keys(listed).sort(), ["accountId", "createdAt", "id", "name", "scopes"]);
  const { body: _, headers: __, status: ___, ...account } = await ask("GET", `/accounts/${made.accountId}`);
  assert.deepEqual(account, made.account);
  assert.ok(!JSON.stringify(data).includes(made.key));
  assert.ok(!objects.gateway.logs().includes(made.key));
});

test("dollars become micro-dollars by their digits", async () => {
  for (const [dailyBudgetUsd, micro] of [
    [0, 0],
    [0.1, 100_000],
    [0.000001, 1],
    [1.1, 1_100_000],
    [4.35, 4_350_000],
    ["1.005000", 1_005_000],
    [999999999.999999, 999_999_999_999_999],
  ]) {
    const { account } = await make({ dailyBudgetUsd });
    const { dailyBudgetMicroUsd } = await objects.call("ACCOUNTS", account.id, "info");
    assert.equal(dailyBudgetMicroUsd, micro, String(dailyBudgetUsd));
    assert.equal(account.dailyBudgetUsd, Number(dailyBudgetUsd));
  }
});

test("an invalid body is rejected with its field", async () => {
  for (const [body, param, words] of [
    [{ name: "" }, "name", /empty/],
    [{ name: "x".repeat(101) }, "name", /100 characters/],
    [{ name: 5 }, "name", /text/],
    [{ dailyBudgetUsd: -1 }, "dailyBudgetUsd", /US dollars/],
    [{ dailyBudgetUsd: 0.0000001 }, "dailyBudgetUsd", /six decimals/],
    [{ monthlyBudgetUsd: "1,5" }, "monthlyBudgetUsd", /US dollars/],
    [{ monthlyBudgetUsd: 1e30 }, "monthlyBudgetUsd", /999999999/],
    [{ monthlyBudgetUsd: true }, "monthlyBudgetUsd", /US dollars/],
    [{ maxConcurrentJobs: 0 }, "maxConcurrentJobs", /at least 1/],
    [{ maxConcurrentJobs: 1.5 }, "maxConcurrentJobs", /integer/],
    ...["two", "5 jobs", "1e3", "-1", "", "0x5", true].map((text) => [
      { maxConcurrentJobs: text },
      "maxConcurrentJobs",
      /must be a number/,
    ]),
    [{ models: ["wan-2.6", "nosuch"] }, "models.1", /`nosuch`.*\/v1\/models/],
    [{ models: ["nowhere:wan-2.6"] }, "models.0", /`nowhere:wan-2.6`/],
    [{ models: [] }, "models", /leave it out/],
    [{ models: "sora-2" }, "models", /list/],
    [{ webhook: { url: "nowhere" } }, "webhook.url", /URL/],
    [{ webhook: {} }, "webhook.url", /missing/],
    [{ dayUSD: 5 }, "dayUSD", /not a field/],
  ]) {
    const { status, error } = await make(body);
    assert.deepEqual([status, error.code, error.param], [400, "invalid_request_body", param]);
    assert.match(error.message, words);
  }
  assert.equal((await ask("POST", "/keys", {})).error.message, "name is missing.");
  for (const body of ["", "{", "[]", "null", '"x"']) {
    const { status, error } = await ask("POST", "/keys", body);
    assert.deepEqual([status, error.code, error.param], [400, "invalid_request_body", null], body);
  }
});

test("a webhook's secret is returned once; its URL must be public", async () => {
  const made = await make({ webhook: { url: "https://team.example/hooks" } });
  assert.match(made.webhookSecret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(made.account.webhook, { url: "https://team.example/hooks" });
  const registered = await objects.call("REGISTRY", "registry", "findAccount", made.accountId);
  assert.ok(!JSON.stringify(registered).includes(made.webhookSecret));
  assert.ok(!JSON.stringify(await ask("GET", "/accounts")).includes(made.webhookSecret));
  const moved = await ask("PATCH", `/accounts/${made.accountId}`, { webhook: { url: "https://b.example/" } });
  assert.match(moved.webhookSecret, /^whsec_/);
  assert.notEqual(moved.webhookSecret, made.webhookSecret);
  const gone = await ask("PATCH", `/accounts/${made.accountId}`, { webhook: null });
  assert.equal(gone.webhook, undefined);
  for (const address of [
    "http://localhost/",
    "http://127.0.0.1:8080/",
    "http://169.254.169.254/latest",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://0x7f.1/",
    "http://10.1.2.3/",
    "https://user:password@team.example/",
    "ftp://team.example/",
    "javascript:alert(1)",
  ]) {
    for (const { status, error } of [
      await make({ webhook: { url: address } }),
      await ask("PATCH", `/accounts/${made.accountId}`, { webhook: { url: address } }),
    ]) {
      assert.deepEqual([status, error.code], [400, "private_url"], address);
      assert.ok(!error.message.includes(address));
    }
  }
});

test("the concurrent jobs may be a text, as typed; a provider's own model needs no catalog", async () => {
  const { account } = await make({ maxConcurrentJobs: "3", models: ["wan-2.6", "runware:dreams:9@1"] });
  const { id, maxConcurrentJobs, models } = account;
  assert.equal(maxConcurrentJobs, 3);
  assert.deepEqual(models, ["wan-2.6", "runware:dreams:9@1"]);
  assert.equal((await ask("PATCH", `/accounts/${id}`, { maxConcurrentJobs: "5 jobs" })).status, 400);
  const { data } = await ask("GET", "/accounts");
  assert.equal(data.find((one) => one.id === id).maxConcurrentJobs, 3);
});

test("a change sets the given limits, and null removes one", async () => {
  const { accountId: id } = await make({ dailyBudgetUsd: 5, monthlyBudgetUsd: 50, models: ["sora-2"] });
  const change = (body) => ask("PATCH", `/accounts/${id}`, body);
  assert.partialDeepStrictEqual(await change({ dailyBudgetUsd: 6 }), { dailyBudgetUsd: 6, monthlyBudgetUsd: 50 });
  const { dailyBudgetUsd, models, name } = await change({ dailyBudgetUsd: null, models: null, name: "others" });
  assert.deepEqual([dailyBudgetUsd, models, name], [undefined, undefined, "others"]);
  const { data } = await ask("GET", "/accounts");
  assert.partialDeepStrictEqual(data.find((one) => one.id === id), { name: "others", monthlyBudgetUsd: 50 });
  assert.equal((await change({ id: "acct_x" })).error.code, "invalid_request_body");
  assert.equal((await ask("PATCH", "/accounts/acct_000000000000", {})).status, 404);
  assert.equal((await ask("PATCH", "/keys/key_000000000000", {})).status, 404);
});

test("a revoked key stays revoked: at once for creates, within ten seconds for reads", async () => {
  const { id, key, accountId } = await make({});
  const header = `Bearer ${key}`;
  objects.setClock("2030-05-01T12:00:00.000Z");
  assert.equal((await objects.run("authenticate", header)).key.id, id);
  const revoked = await ask("DELETE", `/keys/${id}`);
  assert.ok(revoked.revokedAt > 0);
  const { error } = await objects.call("ACCOUNTS", accountId, "reserve", {
    keyId: id,
    jobId: "1",
    model: "m",
    bodyHash: "b",
    retryCount: 0,
    reservedMicroUsd: 1,
  });
  assert.deepEqual([error.status, error.code], [401, "invalid_token"]);
  objects.setClock("2030-05-01T12:00:10.000Z");
  assert.equal((await objects.run("authenticate", header)).error.code, "invalid_token");
  await ask("PATCH", `/keys/${id}`, { name: "again" });
  assert.equal((await objects.run("authenticate", header)).error.code, "invalid_token");
  assert.equal((await ask("DELETE", `/keys/${id}`)).revokedAt, revoked.revokedAt);
  assert.equal((await ask("DELETE", "/keys/key_000000000000")).status, 404);
  objects.setClock(undefined);
});

test("every route needs the admin token, which is compared in constant time", async () => {
  const before = await objects.run("comparisons");
  const calls = [
    ["GET", "/keys"],
    ["POST", "/keys"],
    ["PATCH", "/keys/key_000000000000"],
    ["DELETE", "/keys/key_000000000000"],
    ["POST", "/keys/key_000000000000/rotate"],
    ["GET", "/accounts"],
    ["POST", "/accounts"],
    ["GET", "/accounts/acct_000000000000"],
    ["PATCH", "/accounts/acct_000000000000"],
    ["POST", "/accounts/acct_000000000000/close"],
    ["GET", "/accounts/acct_000000000000/keys"],
    ["POST", "/accounts/acct_000000000000/keys"],
    ["GET", "/accounts/acct_000000000000/videos"],
    ["POST", "/secrets/rotate"],
    ["GET", "/usage"],
    ["POST", `/videos/video_${"0".repeat(64)}/reconcile`],
    ["GET", "/nothing"],
  ];
  const { key } = await make({});
  const wrong = [`${adminToken}x`, adminToken.slice(1), adminToken.toUpperCase(), "x"];
  for (const [method, path] of calls) {
    for (const given of wrong) {
      const { status, error } = await ask(method, path, undefined, given);
      assert.deepEqual([status, error.code], [401, "invalid_token"]);
    }
    const { status, error } = await ask(method, path, undefined, key);
    assert.deepEqual([status, error.code], [403, "insufficient_scope"], path);
    const none = await fetch(`${url}/admin/api${path}`, { method });
    assert.equal(none.status, 401);
  }
  const asked = (await objects.run("comparisons")) - before;
  assert.equal(asked, calls.length * wrong.length + 1, "the one more is the key's creation");
});

test("an unset or short admin token grants no access", async (t) => {
  for (const short of ["", "x".repeat(31)]) {
    const { gateway } = await openObjects(t, { vars: { ADMIN_TOKEN: short } });
    for (const token of [short, "", "undefined"]) {
      const answer = await fetch(`${gateway.url}/admin/api/keys`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 401);
    }
  }
});

test("guessed API keys are all rejected alike, and create no storage", async () => {
  const unknown = withChecksum(`fgw_${"0".repeat(12)}${"A".repeat(43)}`);
  const refusal = await objects.run("authenticate", `Bearer ${unknown}`);
  assert.equal(refusal.error.status, 401);
  for (const header of ["", "Bearer", `Basic ${unknown}`, unknown, `Bearer ${unknown}A`, null]) {
    assert.deepEqual(await objects.run("authenticate", header), refusal, String(header));
  }
  const untouched = await objects.call("ACCOUNTS", "untouched", "size");
  assert.equal(await objects.call("ACCOUNTS", "acct_000000000000", "size"), untouched);
  const { accountId } = await make({});
  assert.ok((await objects.call("ACCOUNTS", accountId, "size")) > untouched);
});
