// The operator's policy for charges that stay unknown: parsed, applied after its time, and overruled by facts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePolicy } from "../../worker/src/unknown-charges.ts";
import { openJobs, OWNER, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

const HOUR = 3_600_000;
const prompt = (directive) => ({ request: { prompt: `${directive} A fox in the snow` } });
const estimate = (kind, microUsd) => ({ kind, ...(microUsd !== undefined && { microUsd }), isEstimate: true });
const billingOf = (jobs, jobId, kind) =>
  waitFor(async () => {
    const { billing } = (await jobs.read(jobId)).filmgate;
    return billing?.kind === kind && billing;
  });

test("a policy names a decision and a time for each error code", () => {
  const { policy, invalid } = parsePolicy(" generation_failed=not_charged@24h, submission_unknown=charged@3d,cancelled=charged@0.5m ");
  assert.deepEqual([...policy], [
    ["generation_failed", { decision: "not_charged", afterMs: 24 * HOUR }],
    ["submission_unknown", { decision: "charged", afterMs: 72 * HOUR }],
    ["cancelled", { decision: "charged", afterMs: 30_000 }],
  ]);
  assert.deepEqual(invalid, []);
  assert.equal(parsePolicy().policy.size, 0);
  assert.equal(parsePolicy(" , ").policy.size, 0);
});

test("an entry that cannot be read decides nothing, and is named", () => {
  const wrong = ["cancelled=free@1h", "cancelled=charged", "cancelled=charged@1", "cancelled=charged@-1h", "=charged@1h"];
  const { policy, invalid } = parsePolicy([...wrong, "expired=charged@1h", "expired=not_charged@1h"].join(","));
  assert.deepEqual([...policy.keys()], ["expired"]);
  assert.deepEqual(invalid, [...wrong, "expired=not_charged@1h"]);
});

test("without a policy an unknown charge stays pending, and says since when", async (t) => {
  const before = Date.now();
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runware", prompt("[nsfw]"));
  const { reason, since } = await billingOf(jobs, jobId, "pending");
  assert.equal(reason, "charge_unknown");
  assert.ok(since >= before && since <= Date.now());
  await jobs.job(jobId, "wake", 1000 * HOUR);
  assert.equal((await jobs.read(jobId)).filmgate.billing.kind, "pending");
});

test("refused content is not charged, and a cancelled job charged, each after its own time", async (t) => {
  const UNKNOWN_CHARGES = "content_policy_violation=not_charged@1h, cancelled=charged@2h";
  const jobs = await openJobs(t, { vars: { UNKNOWN_CHARGES }, jobDurationMs: 600_000 });
  const refused = await jobs.create("runware", prompt("[moderated]"));
  const failed = await jobs.create("runware", prompt("[fail]"));
  const cancelled = await jobs.create("runpod");
  await jobs.until(cancelled, (video) => video.filmgate.handle.jobId);
  await jobs.job(cancelled, "cancel", OWNER);
  // The others end once it is cancelled.
  await waitFor(async () => (await jobs.ledger()).submissions.length >= 3);
  await jobs.control("advance", { ms: 600_000 });
  for (const jobId of [refused, failed, cancelled]) await billingOf(jobs, jobId, "pending");
  assert.equal((await jobs.read(refused)).error.code, "content_policy_violation");
  assert.equal((await jobs.books()).reservedMicroUsd, 6_000_000);

  await jobs.job(refused, "wake", 1.5 * HOUR);
  await jobs.job(failed, "wake", 0);
  await jobs.job(cancelled, "wake", 0);
  assert.deepEqual(await billingOf(jobs, refused, "not_charged"), estimate("not_charged"));
  await waitFor(async () => (await jobs.books()).reservedMicroUsd === 4_000_000);
  assert.equal((await jobs.read(cancelled)).filmgate.billing.kind, "pending");

  await jobs.job(cancelled, "wake", HOUR);
  assert.deepEqual(await billingOf(jobs, cancelled, "charged"), estimate("charged", 2_000_000));
  await waitFor(async () => (await jobs.books()).spentMicroUsd === 2_000_000);
  // What the policy does not name stays pending.
  assert.equal((await jobs.books()).reservedMicroUsd, 2_000_000);
  assert.equal((await jobs.read(failed)).filmgate.billing.kind, "pending");
});

test("a deleted job is decided all the same", async (t) => {
  const jobs = await openJobs(t, { vars: { UNKNOWN_CHARGES: "content_policy_violation=not_charged@1h" } });
  const jobId = await jobs.create("runware", prompt("[moderated]"));
  await billingOf(jobs, jobId, "pending");
  assert.equal(await jobs.job(jobId, "delete", OWNER), true);
  await jobs.job(jobId, "wake", 2 * HOUR);
  await waitFor(async () => (await jobs.books()).reservedMicroUsd === 0);
  assert.deepEqual((await jobs.books()).open, []);
});

test("a lost submit that was taken for charged is corrected by a late webhook, to the micro-dollar", async (t) => {
  const vars = { UNKNOWN_CHARGES: "submission_unknown=charged@0.03m", RECONCILE_WINDOW_MINUTES: "0.02" };
  const jobs = await openJobs(t, { vars });
  await jobs.fault({ operation: "submit", fault: { kind: "resetAfter" } });
  await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runpod");
  const failed = await jobs.until(jobId, "failed");
  assert.deepEqual(await billingOf(jobs, jobId, "charged"), estimate("charged", 2_000_000));
  await waitFor(async () => (await jobs.books()).spentMicroUsd === 2_000_000);

  const { submissions, totalMicroUsd } = await jobs.ledger();
  assert.equal(submissions.length, 1);
  const hook = await jobs.webhookUrlOf(jobId, "runpod", failed.filmgate.handle.id);
  assert.equal(await postTo(hook, webhookBody("runpod", { id: submissions[0].id })), 200);
  const video = await jobs.until(jobId, "completed");
  assert.deepEqual(video.filmgate.billing, { kind: "charged", microUsd: totalMicroUsd, isEstimate: false });
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
  assert.equal((await jobs.books()).reservedMicroUsd, 0);
});
