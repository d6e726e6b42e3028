// Deleting: only after the end, completely, and for good.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, OWNER, openJobs, postTo, webhookBody } from "./job/jobs.mjs";

test("a running job stays; an ended one is deleted with its files, and is not created again", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const spec = jobs.specOf("runware");
  const jobId = await jobs.create("runware");
  assert.equal((await jobs.job(jobId, "delete", OWNER)).error.code, "job_not_finished");
  await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt);
  await jobs.control("advance", { ms: 600_000 });
  const { id: key } = (await jobs.until(jobId, "completed")).filmgate.handle;
  assert.equal((await jobs.files()).length, 1);

  assert.equal(await jobs.job(jobId, "delete", OWNER), true);
  assert.deepEqual(await jobs.files(), []);
  assert.equal(await jobs.job(jobId, "read", OWNER), null);
  assert.equal(await jobs.job(jobId, "events", OWNER), null);
  assert.equal((await jobs.job(jobId, "delete", OWNER)).error.code, "not_found");
  const list = await jobs.call(`JOB_INDEX/${ACCOUNT}/list`, { limit: 10, order: "desc" });
  assert.deepEqual(list.entries, []);

  // A retry that comes late, or a webhook, begins nothing.
  assert.equal((await jobs.job(jobId, "create", spec)).error.status, 410);
  const hook = await jobs.webhookUrlOf(jobId, "runware", key);
  assert.equal((await fetch(hook, { method: "POST", body: "{}" })).status, 401);
  assert.equal((await jobs.ledger()).submissions.length, 1);
  assert.equal((await jobs.books()).open.length, 0);

  // Two days later nothing is left of it, and nothing wakes it any more.
  await jobs.job(jobId, "wake", 49 * 3_600_000);
  assert.equal(await jobs.job(jobId, "wakesAt"), null);
  assert.equal(await jobs.job(jobId, "exists"), false);
});

test("a webhook that comes after the end does not hold back the delete", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runware");
  const { id: key } = (await jobs.until(jobId, "completed")).filmgate.handle;
  const hook = await jobs.webhookUrlOf(jobId, "runware", key);
  assert.equal(await postTo(hook, webhookBody("runware", { key })), 200);
  assert.equal(await jobs.job(jobId, "delete", OWNER), true);
});

test("a job that never started is abandoned once, and never starts", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.call("JOBS/new");
  assert.equal(await jobs.job(jobId, "abandon"), true);
  assert.equal(await jobs.job(jobId, "abandon"), true);
  assert.equal((await jobs.job(jobId, "create", jobs.specOf("runware"))).error.status, 410);
  const created = await jobs.create("runware");
  assert.equal(await jobs.job(created, "abandon"), false);
  await jobs.until(created, "completed");
  assert.equal((await jobs.ledger()).submissions.length, 1);
});

test("created many times concurrently, it is one job", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.call("JOBS/new");
  const spec = jobs.specOf("runpod");
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => jobs.job(jobId, "create", spec)),
  );
  assert.equal(new Set(answers.map(({ video }) => JSON.parse(video).id)).size, 1);
  await jobs.until(jobId, "completed");
  assert.equal((await jobs.ledger()).submissions.length, 1);
});
