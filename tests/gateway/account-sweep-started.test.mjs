// The sweep checks the job itself: a started job keeps its reservation, however long it takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGateway } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

test("a running job keeps its reservation, and is charged", async (t) => {
  const { gateway, order, settled, call, setClock } = await openGateway(t);
  const { apiKey, accountId } = await gateway.createKey({ dailyBudgetUsd: 5 });
  const account = (method) => call("ACCOUNTS", accountId, method);
  // The order is in the past, and not the sweep in the future: an alarm that is set meanwhile would be eleven minutes late.
  setClock(new Date(Date.now() - 11 * 60_000).toISOString());
  const video = await order(apiKey, "[slow] The sea");
  setClock(undefined);
  await account("sweep");
  const { open } = await account("report");
  assert.deepEqual(open.map(({ jobId }) => `video_${jobId}`), [video.id]);
  const { filmgate } = await settled(video, apiKey);
  assert.equal(filmgate.billing.kind, "charged");
  const { days } = await waitFor(async () => {
    const report = await account("report");
    return report.open.length === 0 && report;
  });
  assert.partialDeepStrictEqual(days[0], {
    spentMicroUsd: filmgate.billing.microUsd,
    reservedMicroUsd: 0,
    jobs: 1,
  });
});

test("a reclaimed job cannot be created any more", async (t) => {
  const { call, newJobId } = await openGateway(t);
  const jobId = await newJobId();
  assert.equal(await call("JOBS", jobId, "abandon"), true);
  const order = {
    owner: "acct_aaaaaaaaaaaa",
    keyId: "key_aaaaaaaaaaaa",
    request: { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" },
    provider: "runpod",
    reservedMicroUsd: 1,
    seconds: "5",
    size: "",
    origin: "http://127.0.0.1",
    uploads: [],
    createdAt: Date.now(),
  };
  const { error } = await call("JOBS", jobId, "create", order);
  assert.equal(error.status, 410);
});
