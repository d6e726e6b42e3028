// The published `openai` package for Node, with another base URL.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { gateway, IMAGE_FIELDS, waitFor } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const client = new OpenAI({ apiKey: apiKey, baseURL: `${served.url}/v1` });
const ORDER = { prompt: "A paper boat on a rainy street" };

const completed = (id) =>
  waitFor(async () => {
    const video = await client.videos.retrieve(id);
    assert.notEqual(video.status, "failed", JSON.stringify(video.error));
    return video.status === "completed" && video;
  });

test("a video is created with OpenAI's defaults, which the response has", async () => {
  const video = await client.videos.create(ORDER);
  assert.match(video.id, /^video_[0-9a-f]{64}$/);
  assert.equal(video.object, "video");
  assert.equal(video.model, "wan-2.6");
  assert.deepEqual([video.seconds, video.size], ["5", "720x1280"]);
  assert.equal(video.prompt, ORDER.prompt);
  assert.ok(["queued", "in_progress"].includes(video.status));
  const done = await completed(video.id);
  assert.equal(done.progress, 100);
  assert.ok(done.completed_at >= done.created_at);
});

test("an image is sent as a file", async () => {
  const input_reference = await toFile(IMAGE_FIELDS.png, "first.png", { type: "image/png" });
  const video = await client.videos.create({ ...ORDER, seconds: "10", input_reference });
  assert.equal(video.seconds, "10");
  await completed(video.id);
});

test("an image is sent as a data URI", async () => {
  const image_url = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
  const video = await client.videos.create({ ...ORDER, input_reference: { image_url } });
  await completed(video.id);
});

test("fields that OpenAI's API lacks go into `filmgate`, as the package encodes them", async () => {
  const filmgate = {
    resolution: "720p",
    n: 2,
    provider: ["runware", "runpod"],
    maxCostUsd: 1,
    generateAudio: true,
    output: { format: "webm", quality: 80 },
  };
  const video = await client.videos.create({ ...ORDER, filmgate });
  assert.equal(video.size, "");
  const done = await completed(video.id);
  assert.equal(done.filmgate.handle.provider, "runware");
  assert.equal(done.filmgate.outcome.videos.length, 2);
  assert.equal(done.filmgate.outcome.costUsd, 1);
});

test("the file is downloaded, whole and by range", async () => {
  const { id } = await completed((await client.videos.create(ORDER)).id);
  const whole = await client.videos.downloadContent(id);
  assert.equal(whole.headers.get("content-type"), "video/mp4");
  const bytes = Buffer.from(await whole.arrayBuffer());
  assert.equal(bytes.toString("latin1", 4, 8), "ftyp");
  assert.equal(bytes.length, Number(whole.headers.get("content-length")));
  const part = await client.videos.downloadContent(id, {}, { headers: { range: "bytes=4-7" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 4-7/${bytes.length}`);
  assert.equal(await part.text(), "ftyp");
});

test("videos are listed in pages, newest or oldest first", async () => {
  const other = new OpenAI({ apiKey: await served.createKey(), baseURL: `${served.url}/v1` });
  const ids = [];
  for (let n = 0; n < 5; n++) ids.push((await other.videos.create(ORDER)).id);
  const seen = [];
  for await (const video of other.videos.list({ limit: 2 })) seen.push(video.id);
  assert.deepEqual(seen, ids.toReversed());
  const asc = await other.videos.list({ limit: 3, order: "asc" });
  assert.deepEqual(
    asc.data.map(({ id }) => id),
    ids.slice(0, 3),
  );
  assert.equal(asc.has_more, true);
});

test("a video is remixed with its source's duration, and deleted", async () => {
  const sora = { ...ORDER, model: "sora-2", seconds: "8" };
  const source = await completed((await client.videos.create(sora)).id);
  const remix = await client.videos.remix(source.id, { prompt: "The boat catches fire" });
  assert.equal(remix.remixed_from_video_id, source.id);
  assert.equal(remix.seconds, "8");
  await completed(remix.id);
  const gone = await client.videos.delete(remix.id);
  assert.deepEqual(gone, { id: remix.id, object: "video.deleted", deleted: true });
  await assert.rejects(client.videos.retrieve(remix.id), OpenAI.NotFoundError);
});

test("models are listed and found", async () => {
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  assert.ok(models.includes("sora-2") && models.includes("wan-2.6"));
  const model = await client.models.retrieve("sora-2");
  assert.equal(model.object, "model");
  assert.equal(model.filmgate.listings.length, 2);
});

test("each error is the package's own class, with code and param", async () => {
  const rejects = (promise, kind, facts) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof kind, `${error}`);
      for (const [name, value] of Object.entries(facts)) assert.equal(error[name], value, name);
      assert.match(error.requestID, /^[\w-]+$/);
      return true;
    });
  const param = { type: "invalid_request_error", code: "invalid_request" };
  const { videos } = client;
  await rejects(videos.create({ ...ORDER, seconds: "4.5" }), OpenAI.BadRequestError, {
    ...param,
    param: "seconds",
    message: "400 `seconds` must be an integer.",
  });
  await rejects(videos.create({ ...ORDER, size: "1x1" }), OpenAI.BadRequestError, {
    ...param,
    param: "size",
  });
  await rejects(videos.create({ ...ORDER, quality: "hd" }), OpenAI.BadRequestError, {
    ...param,
    param: "quality",
  });
  await rejects(videos.retrieve(`video_${"0".repeat(64)}`), OpenAI.NotFoundError, {
    code: "not_found",
  });
  const running = await videos.create({ ...ORDER, filmgate: { provider: "runware" } });
  const anonymous = client.withOptions({ apiKey: "fgw_nobody" });
  await rejects(anonymous.videos.retrieve(running.id), OpenAI.AuthenticationError, {
    code: "invalid_token",
    type: "authentication_error",
  });
  const poor = client.withOptions({ apiKey: await served.createKey({ dailyBudgetUsd: 0.1 }), maxRetries: 0 });
  await assert.rejects(poor.videos.create(ORDER), (error) => {
    assert.deepEqual([error.status, error.code, error.type], [402, "budget_exceeded", "insufficient_quota"]);
    return true;
  });
  const filmgate = { maxCostUsd: 0.1 };
  await assert.rejects(videos.create({ ...ORDER, filmgate }), { status: 402, code: "budget_exceeded" });
});
