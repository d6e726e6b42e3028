// The charges of a fake at any time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Jobs } from "../fakes/jobs.mjs";

const RUN_MS = 1_000;

function begun() {
  const jobs = new Jobs({ jobDurationMs: RUN_MS, newId: () => "job" });
  const job = jobs.accept();
  const at = (ms) => job.acceptedAt + ms;
  return { jobs, job, at, charged: (ms) => jobs.account(at(ms))[0].charged };
}

test("a job waits in the queue, runs, ends, and is charged at its end", () => {
  const { jobs, job, at, charged } = begun();
  const statuses = [0, 199, 200, 999, 1000].map((ms) => jobs.status(job, at(ms)));
  assert.deepEqual(statuses, ["queued", "queued", "running", "running", "completed"]);
  assert.deepEqual([999, 1000].map(charged), [false, true]);
});

test("a job that is cancelled in the queue is never charged", () => {
  const { jobs, job, at, charged } = begun();
  assert.equal(jobs.cancel(job, at(100)), true);
  assert.equal(jobs.status(job, at(5000)), "cancelled");
  assert.equal(charged(5000), false);
});

test("a job that is cancelled once it runs is charged", () => {
  const { jobs, job, at, charged } = begun();
  assert.equal(jobs.cancel(job, at(500)), true);
  assert.equal(charged(500), true);
  assert.deepEqual(jobs.account()[0].endsAt, at(500));
});

test("a job that has ended cannot be cancelled", () => {
  const { jobs, job, at } = begun();
  assert.equal(jobs.cancel(job, at(1000)), false);
  assert.equal(jobs.status(job, at(1000)), "completed");
});
