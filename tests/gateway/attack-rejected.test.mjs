// A provider whose response to the submit is already the job's end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { host } from "./api.mjs";
import { openJobs, waitFor } from "./job/jobs.mjs";

test("a job that fails at once has failed, and is submitted once", async (t) => {
  let submissions = 0;
  const origin = await host(t, (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.method === "POST") submissions += 1;
    // Before a submit the gateway asks for a job that cannot exist.
    else if (submissions === 0) return response.writeHead(404).end('{"error":"job not found"}');
    response.end(JSON.stringify({ id: "job-1-u1", status: "FAILED", error: "out of memory" }));
  });
  const jobs = await openJobs(t, { vars: { RUNPOD_BASE_URL: `${origin}/v2` } });
  const jobId = await jobs.create("runpod");
  const { error } = await jobs.until(jobId, "failed");
  assert.equal(error.code, "generation_failed");
  await waitFor(async () => (await jobs.books()).open.every(({ pendingReason }) => pendingReason));
  assert.equal(submissions, 1);
});
