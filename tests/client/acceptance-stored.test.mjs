// The id of a paid job is stored, though another process has taken over the job while its submit was in flight: the first
// one was suspended for longer than its lease, or two tabs have no Web Locks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { REQUESTS, deferred, waitFor } from "./support.mjs";

const DONE = { id: "paid", status: "COMPLETED", output: { video_url: "https://example.com/a.mp4" } };

test("the response to a submit is stored over the record of a process that had none", async () => {
  const answer = deferred();
  const store = { ...memoryStore(), lease: (_, work) => work() };
  let submits = 0;
  const fetch = async ({ method }) => {
    if (method !== "POST") return Response.json(DONE);
    submits += 1;
    await answer.promise;
    return Response.json({ id: "paid", status: "IN_QUEUE" });
  };
  const open = () => createFilmgate({ store, fetch, runpod: { apiKey: "any-key" } });
  const controller = new AbortController();
  const submitting = open().submit(REQUESTS.runpod, { provider: "runpod", signal: controller.signal });
  await waitFor(() => submits === 1);
  const other = open();
  const [{ handle }] = await other.jobs({ pending: true });
  await assert.rejects(other.resume(handle).result(), { code: "submission_unknown" });

  answer.resolve();
  const job = await submitting;
  controller.abort();
  await job.result().catch(() => {});
  const [stored] = await other.jobs();
  assert.equal(stored.handle.jobId, "paid");
  // By the store alone.
  assert.equal((await open().resume(handle).result()).videos.length, 1);
  assert.equal(submits, 1);
});
