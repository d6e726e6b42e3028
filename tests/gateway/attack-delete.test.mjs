// Deleting in a race with other events of the job.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, postTo, waitFor, webhookBody } from "./job/jobs.mjs";

test("a job that a webhook recovers is not deleted: it completes, is archived and charged", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000, vars: { RECONCILE_WINDOW_MINUTES: "0.02" } });
  await jobs.fault({ operation: "submit", fault: { kind: "resetAfter" } });
  await jobs.fault({ operation: "webhook", times: 100, fault: { kind: "resetBefore" } });
  const jobId = await jobs.create("runpod");
  const { filmgate } = await jobs.until(jobId, "failed");
  const [{ id }] = (await jobs.ledger()).submissions;
  const hook = await jobs.webhookUrlOf(jobId, "runpod", filmgate.handle.id);
  await jobs.fault({ operation: "poll", fault: { kind: "latency", ms: 2_000 } });
  assert.equal(await postTo(hook, webhookBody("runpod", { id, status: "IN_PROGRESS" })), 200);
  // The poll of RunPod is still in flight.
  const erased = await jobs.job(jobId, "delete", OWNER);
  assert.equal(erased.error?.code, "job_not_finished");
  await jobs.control("advance", { ms: 600_000 });
  await jobs.until(jobId, "completed");
  const { totalMicroUsd } = await jobs.ledger();
  await waitFor(async () => (await jobs.books()).spentMicroUsd === totalMicroUsd);
});
