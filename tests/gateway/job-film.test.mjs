// One job from its order to the video that is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, jobs, waitFor } from "./jobs.mjs";

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: submitted once, kept in R2, paid from the account`, async (t) => {
    const { gateway, call, order, begin, until, books, ledger } = await jobs(t);
    const jobId = await begin(order(provider));
    const video = await until(jobId, "completed");
    assert.equal(video.id, `video_${jobId}`);
    assert.deepEqual([video.object, video.progress, video.error], ["video", 100, null]);
    assert.equal(video.filmgate.stored, true);

    const place = await call(`jobs/${jobId}/file`, OWNER, 0);
    assert.equal(place.kind, "stored");
    const file = await fetch(`${gateway.url}/files/${place.key}`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    assert.equal(bytes.length, place.bytes);
    assert.equal(file.headers.get("content-type"), "video/mp4");
    assert.equal(new TextDecoder().decode(bytes.subarray(4, 8)), "ftyp");

    const { submits, totalMicroUsd } = await ledger();
    assert.equal(submits.length, 1);
    const { days, open } = await waitFor(async () => {
      const report = await books();
      return report.open.length === 0 && report;
    });
    assert.deepEqual(open, []);
    assert.equal(days[0].reservedMicroUsd, 0);
    assert.equal(days[0].spentMicroUsd, totalMicroUsd);
    const list = await call(`indexes/${OWNER}/list`, { limit: 10, order: "desc" });
    assert.deepEqual(list.entries.map((entry) => entry.jobId), [jobId]);
  });
}
