// A response with more values than the module reads still says how the job ended, and where its video is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { Values } from "../../pkg/dist/core/values.js";
import { KEY, REQUESTS } from "./support.mjs";

const VIDEO = "https://example.com/video.mp4";
const track = Array.from({ length: 17_000 }, (_, at) => [at, at]);
const images = Array.from({ length: 60 }, (_, at) => ({ filename: `${at}.png`, data: "iVBORw0K".repeat(9_000) }));
const LARGE = { "many points": track, "many frames": images };

for (const [name, large] of Object.entries(LARGE)) {
  test(`RunPod: a finished job with ${name} before its URL`, async () => {
    const body = { id: "job-1", output: { large, video_url: VIDEO }, more: large, status: "COMPLETED" };
    const fetch = async ({ url }) => Response.json(url.endsWith("/run") ? { large, id: "job-1", status: "IN_QUEUE" } : body);
    const client = createFilmgate({ runpod: { apiKey: KEY, longPoll: false }, store: memoryStore(), fetch });
    const { videos } = await client.generate(REQUESTS.runpod, { provider: "runpod", timeoutMs: 20_000 });
    assert.equal(videos[0].url, VIDEO);
  });

  test(`Runware: a row with ${name} before its URL`, async () => {
    const fetch = async (request) => {
      const [{ taskType, taskUUID }] = JSON.parse(await request.text());
      const row = { large, taskType: "videoInference", taskUUID };
      const done = { ...row, inner: { large }, status: "success", videoURL: VIDEO };
      return Response.json({ data: [taskType === "getResponse" ? done : row] });
    };
    const client = createFilmgate({ runware: { apiKey: KEY }, store: memoryStore(), fetch });
    const { videos } = await client.generate(REQUESTS.runware, { provider: "runware", timeoutMs: 20_000 });
    assert.equal(videos[0].url, VIDEO);
  });

  test(`RunPod: a webhook with ${name} before its status`, async () => {
    let address;
    const secret = "s".repeat(32);
    const fetch = async (request) => {
      if (request.url.endsWith("/run")) address = JSON.parse(await request.text()).webhook;
      return Response.json({ id: "job-1", status: "IN_QUEUE" });
    };
    const client = createFilmgate({ runpod: { apiKey: KEY, longPoll: false }, store: memoryStore(), fetch });
    await client.start(REQUESTS.runpod, { provider: "runpod", webhook: { url: "https://me.example.com/hook", secret } });
    const body = { output: { large, video_url: VIDEO }, id: "job-1", status: "COMPLETED" };
    const { status } = await client.verifyWebhook({ url: address, secret, body });
    assert.equal(status, "completed");
  });
}

test("of rows beside a large one, each is read", () => {
  const row = (at) => ({ at, url: VIDEO });
  const read = new Values().encodeResponse({ data: [{ ...row(0), track }, row(1), { track, ...row(2) }] });
  assert.deepEqual(read.data.map(({ at, url }) => [at, url]), [0, 1, 2].map((at) => [at, VIDEO]));
});
