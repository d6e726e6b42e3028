// A job's cost is recorded once, on the day of its reservation.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { openAccount, openObjects } from "./account/objects.mjs";
import { waitFor } from "./job/jobs.mjs";
import { openKeys } from "./keys.mjs";

const objects = await openObjects({ after });
let accounts = 0;
const account = (limits) => openAccount(objects, limits, `acct_${String(accounts++).padStart(12, "0")}`);

const spent = (microUsd) => ({ kind: "charged", microUsd, isEstimate: false });
const FREE = { kind: "not_charged" };
const HELD = { kind: "pending", reason: "submission_unknown" };

const sums = async ({ report }) => {
  const { days, month, open } = await report();
  const [{ spentMicroUsd, reservedMicroUsd }] = days;
  assert.deepEqual(month, { month: month.month, spentMicroUsd, reservedMicroUsd });
  return { spent: spentMicroUsd, reserved: reservedMicroUsd, open: open.length };
};

test("the actual cost replaces the reservation once, however often it is sent", async () => {
  const books = await account();
  const { jobId } = await books.reserve(500);
  assert.deepEqual(await sums(books), { spent: 0, reserved: 500, open: 1 });
  assert.equal(await books.recordBilling(jobId, spent(123)), "recorded");
  const after = { spent: 123, reserved: 0, open: 0 };
  assert.deepEqual(await sums(books), after);
  for (const again of [spent(123), spent(999), FREE, HELD]) {
    assert.equal(await books.recordBilling(jobId, again), "already_recorded");
    assert.deepEqual(await sums(books), after, `${again.kind} after spent`);
  }
});

test("sent twice concurrently, it is recorded once", async () => {
  const books = await account();
  const { jobId } = await books.reserve(500);
  await Promise.all(Array.from({ length: 20 }, () => books.recordBilling(jobId, spent(123))));
  assert.deepEqual(await sums(books), { spent: 123, reserved: 0, open: 0 });
});

test("without a charge the reservation is released", async () => {
  const books = await account({ dailyBudgetMicroUsd: 500 });
  const { jobId } = await books.reserve(500);
  await books.recordBilling(jobId, FREE);
  await books.recordBilling(jobId, FREE);
  assert.deepEqual(await sums(books), { spent: 0, reserved: 0, open: 0 });
  assert.ok((await books.reserve(500)).isNew);
});

test("an unknown cost stays reserved until it is known", async () => {
  for (const [known, expected] of [
    [spent(400), { spent: 400, reserved: 0, open: 0 }],
    [FREE, { spent: 0, reserved: 0, open: 0 }],
  ]) {
    const books = await account({ dailyBudgetMicroUsd: 500 });
    const { jobId } = await books.reserve(500);
    await books.recordBilling(jobId, HELD);
    await books.recordBilling(jobId, HELD);
    assert.deepEqual(await sums(books), { spent: 0, reserved: 500, open: 1 });
    const [open] = (await books.report()).open;
    assert.deepEqual([open.jobId, open.microUsd, open.pendingReason], [jobId, 500, "submission_unknown"]);
    assert.equal((await books.reserve(1)).error.code, "budget_exceeded");
    assert.equal(await books.recordBilling(jobId, known), "recorded");
    assert.deepEqual(await sums(books), expected);
  }
});

test("the reason may change while the reservation stays", async () => {
  const books = await account();
  const { jobId } = await books.reserve(500);
  await books.recordBilling(jobId, HELD);
  await books.recordBilling(jobId, { kind: "pending", reason: "charge_unknown" });
  assert.deepEqual(await sums(books), { spent: 0, reserved: 500, open: 1 });
  assert.equal((await books.report()).open[0].pendingReason, "charge_unknown");
});

test("a job that was not charged can be charged after all", async () => {
  const books = await account();
  const { jobId } = await books.reserve(500);
  await books.recordBilling(jobId, FREE);
  assert.equal(await books.recordBilling(jobId, HELD), "already_recorded");
  assert.equal(await books.recordBilling(jobId, spent(300)), "recorded");
  assert.equal(await books.recordBilling(jobId, FREE), "already_recorded");
  assert.deepEqual(await sums(books), { spent: 300, reserved: 0, open: 0 });
});

test("a cost above the reservation counts in full", async () => {
  const books = await account({ dailyBudgetMicroUsd: 1000 });
  const { jobId } = await books.reserve(500);
  await books.recordBilling(jobId, spent(1700));
  assert.deepEqual(await sums(books), { spent: 1700, reserved: 0, open: 0 });
  assert.match((await books.reserve(1)).error.message, / 0 USD /);
});

test("the cost counts for the day of the reservation, not of the end", async () => {
  const books = await account();
  objects.setClock("2030-01-31T23:59:00Z");
  const { jobId } = await books.reserve(500);
  objects.setClock("2030-02-01T00:10:00Z");
  await books.recordBilling(jobId, spent(450));
  const { days, month } = await books.report();
  assert.deepEqual(days, [{ day: "2030-01-31", spentMicroUsd: 450, reservedMicroUsd: 0, jobs: 1 }]);
  assert.deepEqual(month, { month: "2030-02", spentMicroUsd: 0, reservedMicroUsd: 0 });
  objects.setClock(undefined);
});

test("an unknown job changes nothing, and is logged", async () => {
  const books = await account();
  await books.reserve(500);
  const stranger = await objects.newJobId();
  assert.equal(await books.recordBilling(stranger, spent(9)), "unknown");
  assert.deepEqual(await sums(books), { spent: 0, reserved: 500, open: 1 });
  await waitFor(() => objects.gateway.logs().includes(`"reconciled_unknown_job","job":"${stranger}"`));
});

test("sums stay exact, unlike floats", async () => {
  const books = await account();
  const large = 9_000_000_000_000_00;
  for (const microUsd of [large, 1, 1, 1]) {
    const { jobId } = await books.reserve(microUsd);
    await books.recordBilling(jobId, spent(microUsd));
  }
  assert.equal((await sums(books)).spent, large + 3);
});

test("a bill that corrects an estimate too late for the sums is refused, and changes nothing in the job", async (t) => {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
  t.after(() => simulator.stop());
  const { ask, admin, call, at } = await openKeys(t, { simulator });
  const { key, accountId } = await admin("POST", "/keys", { name: "team" });
  const filmgate = { provider: "runware", resolution: "720p" };
  const order = () => ask(key, "POST", "/v1/videos", { model: "wan-2.6", prompt: "[fail] A fox", seconds: "5", filmgate });
  const estimated = async () => {
    const { id } = await order();
    await waitFor(async () => (await admin("GET", "/usage")).open.some(({ state }) => state === "pending"));
    assert.equal((await admin("POST", "/reconcile", { decision: "charged", filter: {} })).reconciled, 1);
    await waitFor(async () => (await call("ACCOUNTS", accountId, "toTend", 9, 0, Date.now() + 9e9)).jobIds.length === 0);
    return id;
  };
  const billingOf = async (id) => (await admin("GET", `/videos/${id}`)).billing;
  const spent = async () => (await admin("GET", "/usage")).data[0].days[0].spentUsd;
  const early = await estimated();
  const late = await estimated();
  const before = await spent();
  assert.equal((await admin("POST", `/videos/${early}/reconcile`, { costUsd: null })).http, 200);
  assert.equal(await spent(), before / 2);
  await at(new Date(Date.now() + 31 * 24 * 3_600_000).toISOString());
  await call("ACCOUNTS", accountId, "sweep");
  const { billing } = await admin("GET", `/videos/${late}`);
  const refused = await admin("POST", `/videos/${late}/reconcile`, { costUsd: null });
  assert.deepEqual([refused.http, refused.error?.code], [409, "conflict"]);
  assert.match(refused.error.message, /30 days/);
  assert.deepEqual([await billingOf(late), await spent()], [billing, before / 2]);
});
