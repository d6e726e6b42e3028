// A provider whose answer to the submit is the job's end already.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { patient } from "./api.mjs";
import { openJobs, waitFor } from "./job/jobs.mjs";

test("a job that failed as soon as it was taken has failed, and is sent once", async (t) => {
  let submits = 0;
  const server = createServer((request, response) => {
    if (request.method === "POST") submits += 1;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "job-1-u1", status: "FAILED", error: "out of memory" }));
  }).listen(0, "127.0.0.1");
  patient(server);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${server.address().port}/v2`;
  const jobs = await openJobs(t, { vars: { RUNPOD_BASE_URL: url } });
  const jobId = await jobs.begin("runpod");
  const { error } = await jobs.until(jobId, "failed");
  assert.equal(error.code, "generation_failed");
  await waitFor(async () => (await jobs.books()).open.every(({ held }) => held));
  assert.equal(submits, 1);
});
