// The operator's overview and the CSV of the spending: both are sums of the accounts' ledgers.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const { gateway, call } = objects;
const NOON = "2030-05-02T12:00:00.000Z";

async function ask(path) {
  const answer = await fetch(`${gateway.url}/admin/api${path}`, {
    headers: { authorization: `Bearer ${gateway.adminToken}` },
  });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type").startsWith("application/json");
  return { http: answer.status, headers: answer.headers, text, ...(isJson && JSON.parse(text)) };
}

/** An account with an API key that spends; days are those of the test's clock. */
async function open(limits) {
  const made = await gateway.createKey(limits);
  const info = await call("ACCOUNTS", made.accountId, "info");
  const account = await openAccount(objects, info, made.accountId);
  const spend = async (day, model, microUsd, keyId = made.id) => {
    objects.setClock(`${day}T12:00:00.000Z`);
    const { jobId, error } = await account.reserve(microUsd, { keyId, model });
    assert.equal(error, undefined, JSON.stringify(error));
    await account.recordBilling(jobId, { kind: "charged", microUsd, isEstimate: false });
  };
  return { ...account, ...made, spend };
}

const first = await open({ name: "editors", dailyBudgetUsd: 1, monthlyBudgetUsd: 100 });
const second = await open({ name: '=cmd("x"), a team' });
await first.spend("2030-04-30", "wan-2.6", 100_000);
await first.spend("2030-05-01", "wan-2.6", 200_001);
await first.spend("2030-05-02", "wan-2.6", 300_000);
await first.spend("2030-05-02", "p-video", 400_000);
await second.spend("2030-05-02", "p-video", 50_000);
objects.setClock("2030-05-02T10:00:00.000Z");
const stuck = await second.reserve(60_000, { keyId: second.id, model: "wan-2.6" });
const pending = await second.reserve(70_000, { keyId: second.id, model: "wan-2.6" });
const billing = { kind: "pending", reason: "charge_unknown", since: Date.parse(NOON) };
await second.recordBilling(pending.jobId, billing);
objects.setClock(NOON);
// The routes run at the clock of the latest call.
await first.report();

test("days are summed over the accounts, by key and by model, and none is left out", async () => {
  const { days } = await ask("/overview?days=3");
  assert.deepEqual(days, [
    {
      day: "2030-04-30",
      spentUsd: 0.1,
      reservedUsd: 0,
      jobs: 1,
      byKey: { [first.id]: 0.1 },
      byModel: { "wan-2.6": 0.1 },
    },
    {
      day: "2030-05-01",
      spentUsd: 0.200001,
      reservedUsd: 0,
      jobs: 1,
      byKey: { [first.id]: 0.200001 },
      byModel: { "wan-2.6": 0.200001 },
    },
    {
      day: "2030-05-02",
      spentUsd: 0.75,
      reservedUsd: 0.13,
      jobs: 5,
      byKey: { [first.id]: 0.7, [second.id]: 0.05 },
      byModel: { "p-video": 0.45, "wan-2.6": 0.3 },
    },
  ]);
  const { days: month } = await ask("/overview");
  assert.equal(month.length, 30);
  assert.deepEqual(month[0], { day: "2030-04-03", spentUsd: 0, reservedUsd: 0, jobs: 0, byKey: {}, byModel: {} });
});

test("budgets have what is spent and reserved of the day and the month", async () => {
  const { budgets } = await ask("/overview");
  const budgetOf = ({ accountId }) => budgets.find((budget) => budget.accountId === accountId);
  assert.deepEqual(budgetOf(first), {
    accountId: first.accountId,
    name: "editors",
    spentTodayUsd: 0.7,
    reservedTodayUsd: 0,
    spentMonthUsd: 0.900001,
    reservedMonthUsd: 0,
    dailyBudgetUsd: 1,
    monthlyBudgetUsd: 100,
  });
  assert.partialDeepStrictEqual(budgetOf(second), { spentTodayUsd: 0.05, reservedTodayUsd: 0.13 });
  assert.equal("dailyBudgetUsd" in budgetOf(second), false);
});

test("attention is called to pending charges, stuck jobs, used budgets and keys that expire soon", async () => {
  const kinds = async () => (await ask("/overview")).attention.map(({ kind, count, usd }) => [kind, count, usd]);
  assert.deepEqual(await kinds(), [
    ["pending_charges", 1, 0.07],
    ["stuck_jobs", 1, undefined],
  ]);
  await first.spend("2030-05-02", "wan-2.6", 100_000);
  await gateway.createKey({ name: "soon", expiresAt: "2030-05-08T12:00:00Z" });
  objects.setClock(NOON);
  await second.recordBilling(pending.jobId, { kind: "not_charged" });
  await second.recordBilling(stuck.jobId, { kind: "not_charged" });
  const { attention } = await ask("/overview");
  assert.deepEqual(
    attention.map(({ kind, message, link }) => [kind, message, link]),
    [
      ["budget", "editors has used 80 % of its budget for today.", `#/keys?account=${first.accountId}`],
      ["key_expires", "1 API key expires within a week.", "#/keys"],
    ],
  );
});

test("the CSV has every row of the ledgers in the period, and no cell that a spreadsheet would run", async () => {
  const { http, headers, text } = await ask("/usage.csv?from=2030-05-01&to=2030-05-02");
  assert.equal(http, 200);
  assert.equal(headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(headers.get("content-disposition"), 'attachment; filename="filmgate-2030-05-01-2030-05-02.csv"');
  const cells = (account, name, model, jobs, spent) =>
    `2030-05-02,${account.accountId},${name},${account.id},${name},${model},${jobs},${spent},0`;
  const unsafe = `"'=cmd(""x""), a team"`;
  const rows = [
    cells(first, "editors", "p-video", 1, "0.4"),
    cells(first, "editors", "wan-2.6", 2, "0.4"),
    cells(second, unsafe, "p-video", 1, "0.05"),
    cells(second, unsafe, "wan-2.6", 2, "0"),
  ];
  const [header, ...lines] = text.trimEnd().split("\r\n");
  assert.equal(header, "day,account_id,account,key_id,key,model,jobs,spent_usd,reserved_usd");
  assert.equal(lines[0], `2030-05-01,${first.accountId},editors,${first.id},editors,wan-2.6,1,0.200001,0`);
  assert.deepEqual(lines.slice(1).sort(), rows.sort());
  const { text: april } = await ask("/usage.csv?from=2030-04-30&to=2030-04-30");
  assert.equal(april.trimEnd().split("\r\n").length, 2);
});

test("invalid days and periods are rejected", async () => {
  for (const query of ["days=0", "days=93", "days=x", "days="]) {
    assert.deepEqual((await ask(`/overview?${query}`)).error.param, "days", query);
  }
  for (const [query, param] of [
    ["from=2030-02-30", "from"],
    ["to=yesterday", "to"],
    ["from=2030-05-02&to=2030-05-01", "from"],
    ["from=%2030-05-02", "from"],
  ]) {
    const { http, error } = await ask(`/usage.csv?${query}`);
    assert.deepEqual([http, error.param], [400, param], query);
  }
});

test("the models of the catalog are listed for the admin", async () => {
  const { data } = await ask("/models");
  assert.ok(data.some(({ id, name }) => id === "wan-2.6" && name.length > 0));
});
