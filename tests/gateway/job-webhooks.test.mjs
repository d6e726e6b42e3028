// Providers' webhooks: an immediate hint for the job whose signature they carry, and nothing for others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROVIDERS, openJobs, postTo, webhookBody } from "./job/jobs.mjs";

const SILENT = { operation: "webhook", times: 100, fault: { kind: "resetBefore" } };

for (const provider of PROVIDERS) {
  test(`${provider}: without the job's own signature it is rejected`, async (t) => {
    const jobs = await openJobs(t, { jobDurationMs: 600_000 });
    const jobId = await jobs.create(provider);
    const other = await jobs.create(provider);
    const { id: key } = (await jobs.until(jobId, "queued")).filmgate.handle;
    const others = (await jobs.read(other)).filmgate.handle.id;
    const hook = await jobs.webhookUrlOf(jobId, provider, key);
    const body = webhookBody(provider, { key, id: "any" });
    const elsewhere = provider === "runpod" ? "runware" : "runpod";
    const forged = {
      "no signature": hook.split("?")[0],
      "another signature": hook.slice(0, -1) + (hook.endsWith("0") ? "1" : "0"),
      "another job's signature": await jobs.webhookUrlOf(jobId, provider, others),
      "this job's apiKey at another job": await jobs.webhookUrlOf(other, provider, key),
      "a apiKey of the other provider's": await jobs.webhookUrlOf(jobId, elsewhere, key),
      "no such job": hook.replace(jobId, "0".repeat(64)),
      "no id": hook.replace(jobId, "..%2f..%2fadmin"),
    };
    for (const [what, url] of Object.entries(forged)) {
      assert.equal(await postTo(url, body), 401, what);
    }
    assert.equal(await postTo(hook, "no JSON"), 401);
    assert.equal(await postTo(hook, body), 200);
  });

  test(`${provider}: one that says completed triggers a poll, and is not trusted`, async (t) => {
    const jobs = await openJobs(t, { jobDurationMs: 600_000 });
    await jobs.control("config", { queueShare: 0 });
    const jobId = await jobs.create(provider);
    const { id: key, jobId: id } = (await jobs.until(jobId, ({ filmgate }) => filmgate.handle.acceptedAt))
      .filmgate.handle;
    const hook = await jobs.webhookUrlOf(jobId, provider, key);
    const body = webhookBody(provider, { key, id });
    for (let time = 0; time < 3; time++) assert.equal(await postTo(hook, body), 200);
    await jobs.until(jobId, ({ filmgate }) => filmgate.status === "running");
    assert.deepEqual((await jobs.ledger()).charges, []);
  });

  test(`${provider}: replayed after the end it changes nothing`, async (t) => {
    const jobs = await openJobs(t);
    const jobId = await jobs.create(provider);
    const video = await jobs.until(jobId, "completed");
    const { id: key, jobId: id } = video.filmgate.handle;
    const hook = await jobs.webhookUrlOf(jobId, provider, key);
    for (let time = 0; time < 3; time++) {
      assert.equal(await postTo(hook, webhookBody(provider, { key, id })), 200);
    }
    assert.deepEqual(await jobs.read(jobId), video);
    assert.equal((await jobs.ledger()).submissions.length, 1);
  });

  test(`${provider}: without any webhook the job is polled until its end`, async (t) => {
    const jobs = await openJobs(t);
    await jobs.fault(SILENT);
    const jobId = await jobs.create(provider);
    await jobs.until(jobId, "completed");
  });
}
