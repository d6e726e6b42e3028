// One job, from its creation to the archived video.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, OWNER, PROVIDERS, openJobs, waitFor } from "./job/jobs.mjs";

for (const provider of PROVIDERS) {
  test(`${provider}: submitted once, archived in R2, charged to the account`, async (t) => {
    const jobs = await openJobs(t);
    const jobId = await jobs.create(provider);
    const video = await jobs.until(jobId, "completed");
    assert.equal(video.id, `video_${jobId}`);
    assert.deepEqual([video.object, video.progress, video.error], ["video", 100, null]);
    assert.deepEqual([video.expires_at, video.filmgate.archived], [null, true]);

    const place = await jobs.job(jobId, "file", OWNER, 0);
    assert.equal(place.kind, "archived");
    const [shown] = video.filmgate.outcome.videos;
    assert.ok(shown.url.startsWith(`${jobs.gateway.url}/v1/videos/${video.id}/content`), shown.url);
    const file = await fetch(shown.url);
    const bytes = new Uint8Array(await file.arrayBuffer());
    assert.equal(bytes.length, place.bytes);
    assert.equal(file.headers.get("content-type"), "video/mp4");
    assert.equal(new TextDecoder().decode(bytes.subarray(4, 8)), "ftyp");

    const { submissions, totalMicroUsd } = await jobs.ledger();
    assert.equal(submissions.length, 1);
    const books = await waitFor(async () => {
      const now = await jobs.books();
      return now.open.length === 0 && now;
    });
    assert.deepEqual(books, { spentMicroUsd: totalMicroUsd, reservedMicroUsd: 0, open: [] });
    const list = await jobs.call(`JOB_INDEX/${ACCOUNT}/list`, { limit: 10, order: "desc" });
    assert.deepEqual(
      list.entries.map((entry) => entry.jobId),
      [jobId],
    );
    assert.ok(!jobs.gateway.logs().includes("A fox in the snow"));
  });

  test(`${provider}: a job that fails there is not charged or pending, with a reason`, async (t) => {
    const jobs = await openJobs(t);
    const jobId = await jobs.create(provider, { request: { prompt: "A fox [fail]" } });
    const video = await jobs.until(jobId, "failed");
    assert.equal(video.error.code, "generation_failed");
    // Runware's documents do not say that a failure costs nothing.
    const kind = provider === "runpod" ? "not_charged" : "pending";
    assert.equal(video.filmgate.billing.kind, kind);
    await waitFor(async () => {
      const { spentMicroUsd, open } = await jobs.books();
      return spentMicroUsd === 0 && (kind === "not_charged" ? !open[0] : open[0]?.pendingReason);
    });
  });
}

test("several videos of one job are all archived", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runware", {
    request: { model: "sora-2-pro", duration: 4, n: 2 },
    reservedMicroUsd: 20_000_000,
  });
  const video = await jobs.until(jobId, "completed");
  assert.equal(video.filmgate.outcome.videos.length, 2);
  const files = await jobs.files();
  assert.deepEqual(
    files.map(({ key }) => key),
    [0, 1].map((index) => `videos/${jobId}/${index}.mp4`),
  );
  assert.equal((await jobs.ledger()).submissions.length, 1);
});

test("uploads are deleted once the job has ended", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const picture = "uploads/test/a.png";
  await jobs.put(picture);
  const jobId = await jobs.create("runware", { uploads: [picture] });
  await jobs.until(jobId, "in_progress");
  assert.deepEqual((await jobs.files()).map(({ key }) => key), [picture]);
  await jobs.control("advance", { ms: 600_000 });
  await jobs.until(jobId, "completed");
  await waitFor(async () => !(await jobs.files()).some(({ key }) => key === picture));
});

test("another key's job cannot be read, cancelled or deleted", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runware");
  const other = "cd".repeat(32);
  assert.equal(await jobs.job(jobId, "read", other), null);
  assert.equal(await jobs.job(jobId, "info", other), null);
  assert.equal(await jobs.job(jobId, "events", other), null);
  for (const method of ["cancel", "delete"]) {
    assert.equal((await jobs.job(jobId, method, other)).error.code, "not_found", method);
  }
  assert.equal((await jobs.job(jobId, "file", other, 0)).error.code, "not_found");
  await jobs.until(jobId, "completed");
});
