// Failed polls say nothing about the job: it is polled again, and archived.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROVIDERS, openJobs, waitFor } from "./job/jobs.mjs";

const FAULTS = [
  { kind: "error", status: 503 },
  { kind: "html" },
  { kind: "truncated" },
  { kind: "resetBefore" },
  { kind: "rateLimit", retryAfter: 1 },
  { kind: "empty401" },
];

for (const provider of PROVIDERS) {
  test(`${provider}: the end is found after ${FAULTS.length} kinds of failed polls`, async (t) => {
    const jobs = await openJobs(t);
    // No webhook shortens the way.
    const silent = { operation: "webhook", times: 100, fault: { kind: "resetBefore" } };
    await jobs.fault(silent);
    const jobIds = [];
    for (let count = 0; count < 3; count++) jobIds.push(await jobs.create(provider));
    // The question before a submit is one about a job, too.
    await waitFor(async () => (await jobs.ledger()).submissions.length === jobIds.length);
    for (const fault of FAULTS) await jobs.fault({ operation: "poll", fault });
    for (const jobId of jobIds) await jobs.until(jobId, "completed");
    assert.equal((await jobs.ledger()).submissions.length, jobIds.length);
    const troubles = /("event":"error".*"step":"poll"[^]*){3}/;
    await waitFor(() => troubles.test(jobs.gateway.logs()));
  });
}

test("after any number of failed polls the next follows within about a minute", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "in_progress");
  await jobs.fault({ operation: "poll", times: 1_000, fault: { kind: "error", status: 503 } });
  const hour = 3_600_000;
  for (let failed = 1; failed <= 12; failed++) {
    await jobs.job(jobId, "wake", hour);
    const wait = (await jobs.job(jobId, "wakesAt")) - Date.now() - failed * hour;
    assert.ok(wait <= 1.25 * 60_000, `${wait} ms after ${failed} failed questions`);
  }
});
