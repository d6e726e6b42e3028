// Calls between the gateway's objects fail before or after they run: nothing is paid twice, nothing is
// lost, and the ledger agrees with the provider's.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { gateway, IMAGE_FIELDS, waitFor } from "./api.mjs";

const served = await gateway({ after }, { entry: "tests/gateway/attack/worker.ts", jobDurationMs: 300 });
const apiKey = await served.createKey({ dailyBudgetUsd: 1000, monthlyBudgetUsd: 1000 });
const JOBS = 40;

const engine = async (name, body) => {
  const answer = await fetch(`${served.url}/test/${name}`, body && { method: "POST", body });
  return answer.json();
};
/** The response, once it is not a temporary error of the gateway. */
const insist = (path, more) =>
  waitFor(async () => {
    const answer = await served.call(path, { apiKey, ...more });
    return answer.status < 500 && answer;
  });

const image_url = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
const generate = async (at) => {
  const filmgate = { provider: at % 2 ? "runware" : "runpod" };
  const json = { model: "wan-2.6", prompt: `Boat ${at}`, seconds: 5, filmgate: { ...filmgate, resolution: "720p" } };
  if (at % 4 === 0) json.input_reference = { image_url };
  const headers = { "idempotency-key": randomUUID() };
  const { status, body } = await insist("/v1/videos", { json, headers });
  assert.equal(status, 200, JSON.stringify(body));
  return body.id;
};

test("every fifth call fails: each request is one job, one video, and one charge", async () => {
  await engine("rate", "0.2");
  const ids = await Promise.all(Array.from({ length: JOBS }, (_, at) => generate(at)));
  assert.equal(new Set(ids).size, JOBS);
  for (const id of ids) {
    const video = await waitFor(async () => {
      const { body } = await insist(`/v1/videos/${id}`);
      return ["completed", "failed"].includes(body.status) && body;
    });
    assert.equal(video.status, "completed", JSON.stringify(video.error));
  }
  assert.ok((await engine("broken")) > JOBS);
  await engine("rate", "0");

  const { submissions, totalMicroUsd } = await served.control("ledger");
  assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, JOBS);
  const admin = { apiKey: served.adminToken };
  const books = await waitFor(async () => {
    const { body } = await served.call("/admin/api/usage", admin);
    return body.open.length === 0 && body.data[0].days[0];
  });
  assert.deepEqual(
    [books.jobs, books.reservedUsd, Math.round(books.spentUsd * 1e6)],
    [JOBS, 0, totalMicroUsd],
  );

  // A summary that could not be posted comes later.
  const list = await waitFor(async () => {
    const { body } = await served.call("/v1/videos?limit=100", { apiKey });
    return body.data.every(({ status }) => status === "completed") && body;
  });
  assert.deepEqual(list.data.map(({ id }) => id).sort(), [...ids].sort());
  const files = await waitFor(async () => {
    const found = await engine("files");
    return !found.some((key) => key.startsWith("uploads/")) && found;
  });
  const stored = list.data.filter(({ filmgate }) => filmgate.archived);
  assert.ok(stored.length > JOBS / 2);
  for (const { id } of stored) assert.ok(files.includes(`videos/${id.slice(6)}/0.mp4`), id);

  await engine("rate", "0.2");
  for (const id of ids) {
    const { status } = await insist(`/v1/videos/${id}`, { method: "DELETE" });
    assert.ok([200, 404].includes(status), String(status));
  }
  await engine("rate", "0");
  assert.deepEqual(await engine("files"), []);
  assert.deepEqual((await served.call("/v1/videos", { apiKey })).body.data, []);
  const { body: report } = await served.call("/admin/api/usage", admin);
  assert.equal(Math.round(report.data[0].days[0].spentUsd * 1e6), totalMicroUsd);
});

test("a file of which R2's response was lost is deleted with its video", async () => {
  await engine("rate", "0");
  await engine("deaf", "1");
  const order = { prompt: "An unheard boat", filmgate: { provider: "runware" } };
  const { body } = await served.call("/v1/videos", { apiKey, json: order });
  const video = await served.ended(body.id, apiKey);
  await engine("deaf", "0");
  assert.equal(video.filmgate.archived, false);
  assert.equal((await engine("files")).length, 1);
  assert.equal((await served.call(`/v1/videos/${body.id}`, { apiKey, method: "DELETE" })).status, 200);
  assert.deepEqual(await engine("files"), []);
});
