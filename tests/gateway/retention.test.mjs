// What is kept ends: by the retention, by a lifecycle rule of the bucket, by the Cron Trigger that looks after both.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { age, jobIdOf, openStorage } from "./storage/gateway.mjs";

/** A slow machine reads what is not over yet. */
const SECONDS = 20;
const DAY = 24 * 60 * 60;
const served = await openStorage({ after }, { vars: { RETENTION_DAYS: String(SECONDS / DAY) } });
const { call, inside } = served;
const content = (id, apiKey, query = "") => call(`/v1/videos/${id}/content${query}`, { apiKey });
const filesOf = async (id) => (await inside("bucket")).filter((key) => key.includes(jobIdOf(id)));

test("after the retention the files and the prompt are gone, and the metadata says so", async () => {
  const apiKey = await served.createKey();
  const { id, completed_at: at, expires_at: until, filmgate } = await served.generate(apiKey);
  assert.ok(until - at >= SECONDS - 1 && until - at <= SECONDS + 1, `${until} - ${at}`);
  assert.equal((await content(id, apiKey)).status, 200);
  assert.ok(JSON.stringify(await inside(`JOBS/${jobIdOf(id)}/dump`)).includes("paper boat"));
  await waitFor(async () => (await content(id, apiKey)).status === 410);
  const { body } = await content(id, apiKey);
  assert.equal(body.error.code, "expired");
  assert.deepEqual(await filesOf(id), []);
  const signed = await fetch(filmgate.outcome.videos[0].url);
  assert.equal(signed.status, 410);
  const { body: video } = await call(`/v1/videos/${id}`, { apiKey });
  assert.deepEqual([video.status, video.prompt, video.filmgate.archived], ["completed", null, false]);
  assert.equal(video.filmgate.billing.kind, "charged");
  assert.ok(!JSON.stringify(await inside(`JOBS/${jobIdOf(id)}/dump`)).includes("paper boat"));
  await waitFor(async () => (await call("/v1/videos", { apiKey })).body.data[0].prompt === null);
  const index = await served.indexOf(apiKey);
  assert.ok(!JSON.stringify(await inside(`JOB_INDEX/${index}/dump`)).includes("paper boat"));
  assert.equal((await call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
});

test("a job whose cost is unknown is kept beyond the retention, until that is known", async () => {
  const apiKey = await served.createKey();
  const json = { prompt: "A boat [fail]", filmgate: { provider: "runware" } };
  const { body } = await call("/v1/videos", { apiKey, json });
  const video = await served.ended(body.id, apiKey);
  assert.equal(video.filmgate.billing.kind, "pending");
  await new Promise((resolve) => setTimeout(resolve, (SECONDS + 1) * 1000));
  assert.equal((await call(`/v1/videos/${body.id}`, { apiKey })).body.prompt, json.prompt);
  await served.admin(`videos/${body.id}/reconcile`, { json: { costUsd: null } });
  await waitFor(async () => (await call(`/v1/videos/${body.id}`, { apiKey })).body.prompt === null);
});

test("the Cron Trigger applies a retention that came after the job's end, and revives a lost alarm", async () => {
  const apiKey = await served.createKey();
  const { id } = await served.generate(apiKey);
  const index = await served.indexOf(apiKey);
  await waitFor(async () => (await call("/v1/videos", { apiKey })).body.data[0].status === "completed");
  // As if no retention had been set when it ended.
  const jobId = jobIdOf(id);
  const { kv } = await inside(`JOBS/${jobId}/dump`);
  const [key, text] = kv.find(([name]) => name.startsWith("state/"));
  const state = JSON.parse(text);
  state.due = {};
  state.endedAt -= 60_000;
  await inside(`JOBS/${jobId}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`JOBS/${jobId}/forgetAlarm`);
  await inside(`JOBS/${jobId}/evict`);
  await inside(`JOB_INDEX/${index}/sql`, "UPDATE entries SET stored_since = stored_since - 60000 WHERE job_id = ?", jobId);
  assert.equal((await content(id, apiKey)).status, 200);
  await inside("scheduled");
  await waitFor(async () => (await content(id, apiKey)).status === 410);
  assert.deepEqual(await filesOf(id), []);
});

test("a lifecycle rule of the bucket is safe: a file that is gone is expired, not an error for ever", async (t) => {
  const kept = await openStorage(t);
  const apiKey = await kept.createKey();
  const { id } = await kept.generate(apiKey);
  for (const key of await kept.inside("bucket")) await kept.inside("drop", key);
  const read = () => kept.call(`/v1/videos/${id}/content`, { apiKey });
  for (const { status, body } of [await read(), await read()]) {
    assert.deepEqual([status, body.error.code], [410, "expired"]);
  }
  const head = await kept.call(`/v1/videos/${id}/content`, { apiKey, method: "HEAD" });
  assert.equal(head.status, 410);
  const { body } = await kept.call(`/v1/videos/${id}`, { apiKey });
  assert.deepEqual([body.status, body.filmgate.archived], ["completed", false]);
  await waitFor(async () => (await kept.call("/v1/videos", { apiKey })).body.data[0].filmgate.archived === false);
  assert.equal((await kept.call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
});

const DAY_MS = DAY * 1000;

test("an account's own retention applies to the videos that it has already, shorter or longer", async (t) => {
  const own = await openStorage(t);
  const retain = async (apiKey, retentionDays) => {
    const path = `accounts/${await own.indexOf(apiKey)}`;
    assert.equal((await own.admin(path, { method: "PATCH", json: { retentionDays } })).status, 200);
  };
  const status = async (apiKey, id) => (await own.call(`/v1/videos/${id}/content`, { apiKey })).status;
  const json = { prompt: "A paper boat", user: "ann@example.com", metadata: { order: "no. 17" } };
  const stored = async (id) => JSON.stringify(await own.inside(`JOBS/${jobIdOf(id)}/dump`));

  const [early, later] = [await own.createKey(), await own.createKey({ retentionDays: 7 })];
  const { id } = await own.generate(early, json);
  await retain(early, 7);
  await age(own, early, id, 8 * DAY_MS);
  await own.inside("scheduled");
  await waitFor(async () => (await status(early, id)) === 410);
  assert.doesNotMatch(await stored(id), /paper boat|ann@example|no\. 17/, "only its ends stay");
  await waitFor(async () => {
    const index = await own.inside(`JOB_INDEX/${await own.indexOf(early)}/dump`);
    return !/paper boat|ann@example|no\. 17/.test(JSON.stringify(index));
  });

  const video = await own.generate(later, json);
  await retain(later, 30);
  await age(own, later, video.id, 8 * DAY_MS);
  const { body } = await waitFor(async () => {
    assert.equal(await status(later, video.id), 200);
    const read = await own.call(`/v1/videos/${video.id}`, { apiKey: later });
    return read.body.expires_at > video.expires_at && read;
  });
  assert.ok(Math.abs(body.expires_at - video.expires_at - (30 - 7 - 8) * DAY) < 60, "and says so");
  assert.deepEqual(body.filmgate.metadata, json.metadata);
});
