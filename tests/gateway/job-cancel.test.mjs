// A cancel reports the truth, and the account is charged what the provider charges.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, waitFor } from "./job/jobs.mjs";

const SLOW = { jobDurationMs: 600_000 };
const isAccepted = ({ filmgate }) => filmgate.handle.acceptedAt !== undefined;

test("a submit that waits for a retry is not sent, and not charged", async (t) => {
  const jobs = await openJobs(t, SLOW);
  const busy = { kind: "rateLimit", retryAfter: 30 };
  await jobs.fault({ operation: "submit", times: 9, fault: busy });
  const jobId = await jobs.create("runpod");
  await jobs.turnedAway(jobId);
  const { cancellation, video } = await jobs.job(jobId, "cancel", OWNER);
  assert.deepEqual(cancellation, { result: "cancelled", charge: "none" });
  const { status, error, filmgate } = JSON.parse(video);
  assert.deepEqual([status, error.code], ["failed", "cancelled"]);
  assert.deepEqual(filmgate.billing, { kind: "not_charged" });
  await waitFor(async () => (await jobs.books()).open.length === 0);
  const { submissions } = await jobs.ledger();
  assert.ok(submissions.every(({ outcome }) => outcome !== "accepted"));
});

test("created and cancelled at once: sent or not, ledger and response agree", async (t) => {
  const jobs = await openJobs(t, SLOW);
  const jobId = await jobs.create("runpod");
  const { cancellation } = await jobs.job(jobId, "cancel", OWNER);
  assert.equal(cancellation.result, "cancelled");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.equal(accepted.length, cancellation.charge === "none" ? 0 : 1);
});

test("RunPod stops a running job; the cost is unknown, and stays reserved", async (t) => {
  const jobs = await openJobs(t, SLOW);
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, isAccepted);
  const { cancellation, video } = await jobs.job(jobId, "cancel", OWNER);
  assert.deepEqual(cancellation, { result: "cancelled", charge: "unknown" });
  assert.equal(JSON.parse(video).error.code, "cancelled");
  await waitFor(async () => (await jobs.books()).open[0]?.pendingReason === "charge_unknown");
});

test("Runware has no cancel: the job continues to its end, and is archived", async (t) => {
  const jobs = await openJobs(t, SLOW);
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, isAccepted);
  const { cancellation } = await jobs.job(jobId, "cancel", OWNER);
  assert.equal(cancellation.result, "unsupported");
  await jobs.control("advance", { ms: 600_000 });
  await jobs.until(jobId, "completed");
});

test("after the end a cancel changes nothing", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runpod");
  const before = await jobs.until(jobId, "completed");
  const { cancellation, video } = await jobs.job(jobId, "cancel", OWNER);
  assert.deepEqual(cancellation, { result: "already_finished", charge: "charged" });
  assert.deepEqual(JSON.parse(video), before);
});
