// An image of a request that creates no job is deleted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { IMAGE_FIELDS, waitFor } from "./api.mjs";
import { openJobs } from "./job/jobs.mjs";

/** A gateway whose files can be seen: `{ order, jobs }`; an order has an image. */
async function opened(t) {
  const jobs = await openJobs(t, { jobDurationMs: 200 });
  const { apiKey } = await jobs.gateway.createKey();
  const call = async (path, headers, init) => {
    const authorization = `Bearer ${apiKey}`;
    const answer = await fetch(`${jobs.gateway.url}/v1/videos${path}`, {
      headers: { authorization, ...headers },
      ...init,
    });
    return { status: answer.status, body: await answer.json() };
  };
  const order = (headers, filmgate = { provider: "runware" }) => {
    const form = new FormData();
    form.set("prompt", "A boat");
    form.set("filmgate", JSON.stringify(filmgate));
    form.set("input_reference", new File([IMAGE_FIELDS.png], "first.png"));
    return call("", headers, { method: "POST", body: form });
  };
  return { jobs, call, order };
}

test("a rejected request's image is not stored", async (t) => {
  const { jobs, order } = await opened(t);
  const refused = await order({}, { provider: "runware", maxCostUsd: 0.01 });
  assert.equal(refused.status, 402);
  assert.deepEqual(await jobs.files(), []);
});

test("the image of a retry after its video was deleted is not stored", async (t) => {
  const { jobs, call, order } = await opened(t);
  const key = { "idempotency-key": "one boat" };
  const { body } = await order(key);
  await waitFor(async () => (await call(`/${body.id}`)).body.status === "completed");
  await waitFor(async () => (await jobs.files()).every((file) => file.key.startsWith("videos/")));
  assert.equal((await call(`/${body.id}`, {}, { method: "DELETE" })).status, 200);
  const again = await order(key);
  assert.equal(again.status, 410, JSON.stringify(again.body));
  assert.deepEqual(await jobs.files(), []);
});

test("the image of a late retry, after the job's end, is not stored", async (t) => {
  const { jobs } = await opened(t);
  const uploads = ["uploads/test/a.png"];
  const order = jobs.specOf("runware", { uploads });
  const jobId = await jobs.create("runware", { uploads });
  await jobs.until(jobId, "completed");
  await jobs.put(uploads[0]);
  assert.ok((await jobs.job(jobId, "create", order)).video);
  await waitFor(async () => (await jobs.files()).every((file) => file.key.startsWith("videos/")));
});

test("the image of a job that never started is deleted with it", async (t) => {
  const { jobs } = await opened(t);
  const jobId = await jobs.call("JOBS/new");
  for (const name of ["a.png", "b.jpg"]) await jobs.put(`uploads/${jobId}/${name}`);
  await jobs.put(`uploads/${"0".repeat(64)}/a.png`);
  assert.equal(await jobs.job(jobId, "abandon"), true);
  const left = (await jobs.files()).map((file) => file.key);
  assert.deepEqual(left, [`uploads/${"0".repeat(64)}/a.png`]);
});
