// Archiving in R2: broken downloads resume, truncated files are never archived, unavailable ones show the provider's URL.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, waitFor } from "./job/jobs.mjs";

const download = (fault, times = 1) => ({ operation: "download", times, fault });

test("an interrupted download resumes, and is archived completely", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(download({ kind: "truncatedStream" }, 2));
  const jobId = await jobs.create("runpod");
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, true);
  const { key, bytes } = await jobs.job(jobId, "file", OWNER, 0);
  assert.deepEqual(await jobs.files(), [{ key, size: bytes }]);
  const { url } = video.filmgate.outcome.videos[0];
  const whole = await fetch(url).then((answer) => answer.arrayBuffer());
  assert.equal(whole.byteLength, bytes);
});

test("half of a file in a complete response is not taken for the file", async (t) => {
  const jobs = await openJobs(t);
  // For as long as it is looked at.
  await jobs.fault(download({ kind: "truncated" }, 1_000));
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, () => jobs.gateway.logs().includes('"step":"archive"'));
  assert.deepEqual(await jobs.files(), []);
  await jobs.control("faults", []);
  await jobs.job(jobId, "wake", 60_000);
  const video = await jobs.until(jobId, "completed");
  const { key, bytes } = await jobs.job(jobId, "file", OWNER, 0);
  assert.deepEqual(await jobs.files(), [{ key, size: bytes }]);
  const { url } = video.filmgate.outcome.videos[0];
  const whole = await fetch(url).then((answer) => answer.arrayBuffer());
  assert.equal(whole.byteLength, bytes);
});

test("a host that fails once is retried by the alarm", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(download({ kind: "error", status: 403 }));
  const jobId = await jobs.create("runware");
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, true);
});

test("after three failures the provider's URL is shown", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(download({ kind: "error", status: 403 }, 3));
  const jobId = await jobs.create("runpod");
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, false);
  assert.deepEqual(await jobs.files(), []);
  const [{ url, expiresAt }] = video.filmgate.outcome.videos;
  assert.ok(url.startsWith(jobs.simulator.origin), url);
  assert.equal(video.expires_at, Math.floor(expiresAt / 1000));
  assert.deepEqual(await jobs.job(jobId, "file", OWNER, 0), { kind: "provider", url });

  // It is tried on.
  await jobs.job(jobId, "wake", 5 * 60_000);
  const kept = await jobs.read(jobId);
  assert.deepEqual([kept.filmgate.archived, kept.expires_at], [true, null]);
  assert.equal((await jobs.files()).length, 1);
});

test("a download that is always interrupted leaves no partial file in R2", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(download({ kind: "truncatedStream" }, 1_000));
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, ({ progress }) => progress === 99);
  await jobs.until(jobId, () => jobs.gateway.logs().includes('"step":"archive"'));
  assert.deepEqual(await jobs.files(), []);
});

for (const status of [404, 410]) {
  test(`a video that is not there yet (${status}) is retried, and archived`, async (t) => {
    const jobs = await openJobs(t);
    await jobs.fault(download({ kind: "error", status }));
    const jobId = await jobs.create("runware");
    const video = await jobs.until(jobId, "completed");
    assert.equal(video.filmgate.archived, true);
    assert.equal((await jobs.files()).length, 1);
  });
}

test("a video that has expired at its host is not retried forever", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault(download({ kind: "error", status: 410 }, 1_000));
  const jobId = await jobs.create("runware");
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.archived, false);
  for (const minutes of [1, 5, 60, 24 * 60]) await jobs.job(jobId, "wake", minutes * 60_000);
  const tries = () => jobs.gateway.logs().match(/"step":"archive"/g)?.length;
  await waitFor(() => tries() >= 5);
  await jobs.job(jobId, "wake", 24 * 60 * 60_000);
  assert.equal(await jobs.job(jobId, "wakesAt"), null, "nothing is planned any more");
  assert.equal(tries(), 5);
});
