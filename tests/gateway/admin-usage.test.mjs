// The usage report, and manual reconciliation.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const { gateway, call } = objects;
const ADMITTED_AT = "2030-05-01T12:00:00.000Z";

async function ask(method, path, body) {
  const answer = await fetch(`${gateway.url}/admin/api${path}`, {
    method,
    headers: { authorization: `Bearer ${gateway.adminToken}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  return { http: answer.status, ...(await answer.json()) };
}

/** An account with its API key, and short words for it. */
async function open(limits) {
  const made = await gateway.createKey(limits);
  const { id: keyId, accountId: id } = made;
  const { hash } = await call("REGISTRY", "registry", "findKey", keyId);
  const account = await openAccount(objects, await call("ACCOUNTS", id, "info"), id);
  const reserve = (microUsd, more) => account.reserve(microUsd, { keyId, ...more });
  return { ...made, id, keyId, hash, ...account, reserve };
}

test("spending by account and day, and open jobs: running, stuck after an hour, or pending", async () => {
  const webhook = { url: "https://team.example/" };
  const account = await open({ name: "editors", dailyBudgetUsd: 5, webhook });
  objects.setClock(ADMITTED_AT);
  const held = await account.reserve(300_001);
  await account.recordBilling(held.jobId, { kind: "pending", reason: "charge_unknown", code: "generation_failed", provider: "runware" });
  const stuck = await account.reserve(200_000);
  const spent = await account.reserve(400_000);
  await account.recordBilling(spent.jobId, { kind: "charged", microUsd: 123_457, isEstimate: false });
  objects.setClock("2030-05-01T13:00:00.001Z");
  const running = await account.reserve(100_000);

  const report = await ask("GET", "/usage");
  const { days, month, dailyBudgetUsd } = report.data.find(({ id }) => id === account.id);
  assert.equal(dailyBudgetUsd, 5);
  const sums = { spentUsd: 0.123457, reservedUsd: 0.600001 };
  assert.deepEqual(days, [{ day: "2030-05-01", jobs: 4, ...sums }]);
  assert.deepEqual(month, { month: "2030-05", ...sums });
  assert.deepEqual(
    report.open.map(({ id, state, reason, code, provider, reservedUsd }) => [id, state, reason, code, provider, reservedUsd]),
    [
      [`video_${held.jobId}`, "pending", "charge_unknown", "generation_failed", "runware", 0.300001],
      [`video_${stuck.jobId}`, "stuck", undefined, undefined, undefined, 0.2],
      [`video_${running.jobId}`, "running", undefined, undefined, undefined, 0.1],
    ],
  );
  for (const { keyId, accountId, accountName } of report.open) {
    assert.deepEqual([keyId, accountId, accountName], [account.keyId, account.id, "editors"]);
  }
  const text = JSON.stringify(report);
  for (const secret of [account.apiKey, account.hash, account.webhookSecret]) {
    assert.ok(!text.includes(secret));
  }
  for (const { jobId } of [held, stuck, running]) await account.recordBilling(jobId, { kind: "not_charged" });
  objects.setClock(undefined);
});

test("accounts are listed in pages, newest first", async () => {
  const made = [];
  for (const name of ["first", "second", "third"]) made.unshift((await gateway.createKey({ name })).accountId);
  const ids = [];
  let page = { last_id: undefined, has_more: true };
  while (page.has_more) {
    page = await ask("GET", `/usage?limit=2${page.last_id ? `&after=${page.last_id}` : ""}`);
    assert.ok(page.data.length <= 2);
    ids.push(...page.data.map(({ id }) => id));
  }
  const { data } = await ask("GET", "/accounts");
  assert.deepEqual(ids, data.map(({ id }) => id));
  assert.deepEqual(new Set(ids).size, ids.length);
  assert.ok(made.every((id) => ids.includes(id)));
  for (const query of ["after=acct_000000000000", "limit=0", "limit=101", "limit=x"]) {
    assert.equal((await ask("GET", `/usage?${query}`)).http, 400, query);
  }
});

test("the account of a deleted job is reconciled once, to the micro-dollar", async () => {
  const account = await open({ name: "erased" });
  const [one, other] = [await account.reserve(500_000), await account.reserve(500_000)];
  for (const { jobId } of [one, other]) {
    await account.recordBilling(jobId, { kind: "pending", reason: "submission_unknown" });
  }
  const reconcile = (jobId, body) => ask("POST", `/videos/video_${jobId}/reconcile`, body);
  assert.equal((await reconcile(one.jobId, { costUsd: 0.1 })).http, 404, "nobody says whose it was");
  const done = await reconcile(one.jobId, { costUsd: "0.100001", accountId: account.id });
  assert.deepEqual([done.http, done.reconciled], [200, true]);
  assert.equal((await reconcile(one.jobId, { costUsd: 9, accountId: account.id })).http, 409);
  assert.equal((await reconcile(other.jobId, { costUsd: null, accountId: account.id })).http, 200);
  const { days, open: left } = await account.report();
  assert.deepEqual(left, []);
  assert.partialDeepStrictEqual(days[0], { spentMicroUsd: 100_001, reservedMicroUsd: 0 });
});

test("unknown ids and invalid bodies are rejected", async () => {
  const { accountId: id } = await gateway.createKey({});
  const stranger = await objects.newJobId();
  for (const video of [`video_${stranger}`, `video_${"0".repeat(64)}`, "video_1", "..%2Ftokens"]) {
    const { http, error } = await ask("POST", `/videos/${video}/reconcile`, { costUsd: 1, accountId: id });
    assert.deepEqual([http, error.code], [404, "not_found"], video);
  }
  for (const body of [{}, { costUsd: -1 }, { costUsd: "" }, { costUsd: 1, kind: "not_charged" }]) {
    const { http, error } = await ask("POST", `/videos/video_${stranger}/reconcile`, body);
    assert.deepEqual([http, error.code], [400, "invalid_request_body"], JSON.stringify(body));
  }
  assert.equal((await ask("GET", "/accounts/acct_000000000000/videos")).http, 404);
  assert.deepEqual((await ask("GET", `/accounts/${id}/videos`)).data, []);
  assert.equal((await ask("GET", `/accounts/${id}/videos?after=video_1`)).http, 400);
});
