// workerd is killed: started jobs continue by themselves, and nothing is paid twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, waitFor } from "./job/jobs.mjs";

test("killed while the submit is in flight: Runware is polled, and has it once", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 3_000 });
  await jobs.fault({ operation: "submit", fault: { kind: "latency", ms: 600_000 } });
  const jobId = await jobs.create("runware");
  await waitFor(async () => (await jobs.ledger()).submissions.length > 0);
  await jobs.gateway.restart();
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, true);
  const { submissions, totalMicroUsd } = await jobs.ledger();
  assert.deepEqual(
    submissions.map(({ outcome }) => outcome),
    ["accepted"],
  );
  const books = await waitFor(async () => {
    const now = await jobs.books();
    return now.open.length === 0 && now;
  });
  assert.equal(books.spentMicroUsd, totalMicroUsd);
});

test("killed while the submit is in flight: RunPod receives it once, and its webhook recovers it", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  await jobs.fault({ operation: "submit", fault: { kind: "latency", ms: 600_000 } });
  const jobId = await jobs.create("runpod");
  await waitFor(async () => (await jobs.ledger()).submissions.length > 0);
  await jobs.gateway.restart();
  // There is a webhook once the gateway is back.
  await jobs.control("advance", { ms: 600_000 });
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, true);
  assert.equal((await jobs.ledger()).submissions.length, 1);
});

test("killed while a rejected submit waits for its retry: it is sent once", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault({ operation: "submit", fault: { kind: "rateLimit", retryAfter: 10 } });
  const jobId = await jobs.create("runpod");
  // Before the rejection was received and stored, the outcome was unknown.
  await jobs.turnedAway(jobId);
  await jobs.gateway.restart();
  await jobs.until(jobId, "completed");
  const accepted = (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
  assert.equal(accepted.length, 1);
});

test("killed during the download: the video is archived completely", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault({ operation: "download", fault: { kind: "latency", ms: 600_000 } });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, ({ progress }) => progress === 99);
  await jobs.gateway.restart();
  await jobs.until(jobId, "completed");
  const { bytes, key } = await jobs.job(jobId, "file", OWNER, 0);
  assert.deepEqual(await jobs.files(), [{ key, size: bytes }]);
});

test("killed before the submit arrives: Runware does not know it, and it is not charged", async (t) => {
  const jobs = await openJobs(t, { vars: { RECONCILE_WINDOW_MINUTES: "0.1" } });
  await jobs.fault({ operation: "submit", fault: { kind: "resetBefore", ms: 5_000 } });
  const jobId = await jobs.create("runware");
  await waitFor(async () => (await jobs.ledger()).submissions.length > 0);
  await jobs.gateway.restart();
  const video = await jobs.until(jobId, "failed");
  assert.equal(video.error.code, "submission_unknown");
  await waitFor(async () => (await jobs.books()).open.length === 0);
  assert.deepEqual((await jobs.read(jobId)).filmgate.billing, { kind: "not_charged", isEstimate: true });
  assert.deepEqual((await jobs.ledger()).charges, []);
});
