// The reservation of a job that never started is released; that of a started job stays.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";
import { waitFor } from "./job/jobs.mjs";

const objects = await openObjects({ after });
let accounts = 0;
const account = (limits) => openAccount(objects, limits, `acct_${String(accounts++).padStart(12, "0")}`);
const ADMITTED_AT = "2030-05-01T12:00:00.000Z";
const minutesLater = (minutes) =>
  new Date(Date.parse(ADMITTED_AT) + minutes * 60_000).toISOString();

test("an account's alarm is ten minutes after a reservation", async () => {
  const { reserve, call } = await account();
  objects.setClock(ADMITTED_AT);
  assert.equal(await call("wakesAt"), null);
  await reserve(500);
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(10)));
  objects.setClock(minutesLater(5));
  await reserve(500);
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(10)), "the first one's time stands");
  objects.setClock(undefined);
});

test("a job that never started is reclaimed after ten minutes, to the micro-dollar", async () => {
  const { reserve, call, report } = await account({ dailyBudgetMicroUsd: 1000 });
  objects.setClock(ADMITTED_AT);
  const key = { idempotencyKey: "key", bodyHash: "body" };
  const lost = await reserve(333, key);
  objects.setClock(minutesLater(5));
  const young = await reserve(667);
  objects.setClock(minutesLater(9));
  await call("sweep");
  assert.equal((await report()).open.length, 2, "it may still begin");
  objects.setClock(minutesLater(10));
  await call("sweep");
  const { days, open } = await report();
  assert.deepEqual(open.map(({ jobId }) => jobId), [young.jobId]);
  assert.partialDeepStrictEqual(days[0], { reservedMicroUsd: 667, spentMicroUsd: 0, jobs: 1 });
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(15)), "for the younger one");
  const again = await reserve(333, key);
  assert.ok(again.isNew, "its key is free again");
  assert.notEqual(again.jobId, lost.jobId);
  objects.setClock(undefined);
});

test("the engine runs the alarm", async () => {
  const { reserve, report } = await account({ dailyBudgetMicroUsd: 500 });
  objects.setClock(new Date(Date.now() - 10 * 60_000 + 1000).toISOString());
  await reserve(500);
  objects.setClock(undefined);
  await waitFor(async () => (await report()).open.length === 0);
});

test("a closed job of which nothing is left to do is deleted after a day, its sums stay, and no alarm is set", async () => {
  const { reserve, call, recordBilling, report } = await account();
  objects.setClock(ADMITTED_AT);
  const { jobId } = await reserve(500);
  await recordBilling(jobId, { kind: "charged", microUsd: 450, isEstimate: false });
  objects.setClock(minutesLater(10));
  await call("sweep");
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(25 * 60)));
  objects.setClock(minutesLater(25 * 60));
  await call("sweep");
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(26 * 60)), "its webhook may still be due");
  await call("settle", jobId);
  await call("sweep");
  assert.equal(await call("wakesAt"), null);
  assert.equal(await recordBilling(jobId, { kind: "not_charged" }), "unknown");
  assert.equal((await report()).days[0].spentMicroUsd, 450);
  objects.setClock(undefined);
});

test("a pending job is never deleted", async () => {
  const { reserve, call, recordBilling, report } = await account();
  objects.setClock(ADMITTED_AT);
  const { jobId } = await reserve(500);
  await recordBilling(jobId, { kind: "pending", reason: "submission_unknown" });
  objects.setClock(minutesLater(400 * 24 * 60));
  await call("sweep");
  assert.equal((await report()).open[0].jobId, jobId);
  assert.equal(await recordBilling(jobId, { kind: "not_charged" }), "recorded");
  objects.setClock(undefined);
});

test("an answered reservation survives a kill", async () => {
  const { reserve, report } = await account({ dailyBudgetMicroUsd: 1000 });
  const reserved = await Promise.all(Array.from({ length: 10 }, () => reserve(100)));
  await objects.gateway.restart();
  const { days, open } = await report();
  assert.deepEqual(
    open.map(({ jobId }) => jobId).sort(),
    reserved.map(({ jobId }) => jobId).sort(),
  );
  assert.equal(days[0].reservedMicroUsd, 1000);
  assert.equal((await reserve(1)).error.code, "budget_exceeded");
});

test("a job that was reserved while the alarm waits for old rows is reclaimed after ten minutes all the same", async () => {
  const { reserve, call, recordBilling, report } = await account();
  objects.setClock(ADMITTED_AT);
  const { jobId } = await reserve(500);
  await recordBilling(jobId, { kind: "charged", microUsd: 450, isEstimate: false });
  objects.setClock(minutesLater(10));
  await call("sweep");
  objects.setClock(minutesLater(20));
  await reserve(500);
  assert.equal(await call("wakesAt"), Date.parse(minutesLater(30)));
  objects.setClock(minutesLater(30));
  await call("sweep");
  assert.deepEqual((await report()).open, []);
  objects.setClock(undefined);
});

test("what was assumed of a charge is corrected by a report that comes days later", async () => {
  const charged = (microUsd, isEstimate) => ({ kind: "charged", microUsd, isEstimate });
  const free = { kind: "not_charged" };
  for (const [assumed, actual, spent] of [
    [{ ...free, isEstimate: true }, charged(450, false), 450],
    [free, charged(450, false), 450],
    [charged(500, true), charged(450, false), 450],
    [charged(500, true), free, 0],
  ]) {
    const { reserve, call, recordBilling, report } = await account();
    objects.setClock(ADMITTED_AT);
    const { jobId } = await reserve(500);
    await recordBilling(jobId, { kind: "pending", reason: "submission_unknown" });
    await recordBilling(jobId, assumed);
    objects.setClock(minutesLater(8 * 24 * 60));
    await call("sweep");
    assert.equal(await recordBilling(jobId, actual), "recorded");
    assert.equal((await report()).days[0].spentMicroUsd, spent);
    await call("settle", jobId);
    objects.setClock(minutesLater(31 * 24 * 60));
    await call("sweep");
    assert.equal(await recordBilling(jobId, actual), "unknown", "a row does not stay for ever");
    assert.equal(await call("wakesAt"), null);
    assert.equal((await report()).days[0].spentMicroUsd, spent);
    objects.setClock(undefined);
  }
});
