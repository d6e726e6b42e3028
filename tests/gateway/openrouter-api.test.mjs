// OpenRouter's API by hand: wrong shapes, methods, and ids of the other dialect.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, IMAGE_FIELDS, recorder, waitFor } from "./api.mjs";

let simulator;
const provider = await recorder({ after }, () => simulator.runware);
const served = await gateway({ after }, {
  vars: (started) => {
    simulator = started;
    return { RUNWARE_BASE_URL: provider.url, MODEL_ALIASES: "house-1=wan-2.6" };
  },
});
const apiKey = await served.createKey();
const ORDER = { model: "wan-2.6", prompt: "A boat" };

const create = (json, as = apiKey) => served.call("/api/v1/videos", { apiKey: as, json });
const get = (path, as = apiKey) => served.call(`/api/v1/videos/${path}`, { apiKey: as });
const made = async (json) => {
  const { status, body } = await create(json);
  assert.equal(status, 202, JSON.stringify(body));
  return body;
};
const ended = (id) =>
  waitFor(async () => {
    const { body } = await get(id);
    return !["pending", "in_progress"].includes(body.status) && body;
  });
/** The task that Runware received for a prompt. */
const task = (prompt) =>
  waitFor(() => provider.calls.filter(({ body }) => body.includes(prompt)).flatMap(({ body }) => JSON.parse(body))[0]);

test("a submit is answered by 202 with id, polling URL and status alone", async () => {
  const body = await made(ORDER);
  assert.deepEqual(Object.keys(body).sort(), ["id", "polling_url", "status"]);
  const { status } = await fetch(body.polling_url, { headers: { authorization: `Bearer ${apiKey}` } });
  assert.equal(status, 200, "the polling URL is absolute");
});

test("one job is the same video in both dialects, by the same id", async () => {
  const { id } = await made({ ...ORDER, user: "user-7", session_id: "s1", trace: { trace_id: "t1", step: 2 } });
  const video = await served.ended(id, apiKey);
  assert.deepEqual([video.status, video.model, video.seconds], ["completed", "wan-2.6", "5"]);
  assert.equal(video.filmgate.user, "user-7");
  assert.deepEqual(video.filmgate.metadata, { session_id: "s1", trace_id: "t1", step: "2" });
  const other = await served.generate(apiKey);
  const { body } = await get(other.id);
  assert.deepEqual([body.status, body.generation_id, body.usage.cost], ["completed", other.id, 0.5]);
  const content = await fetch(`${served.url}/api/v1/videos/${other.id}/content`, {
    headers: { authorization: `Bearer ${apiKey}`, range: "bytes=4-7" },
  });
  assert.deepEqual([content.status, await content.text()], [206, "ftyp"]);
  const signed = await fetch(body.urls[0]);
  assert.equal(signed.status, 200, "a signed URL needs no key");
  assert.deepEqual(Buffer.from(await signed.arrayBuffer()).toString("latin1", 4, 8), "ftyp");
  const unsigned = await fetch(body.unsigned_urls[0]);
  assert.equal(unsigned.status, 401);
  assert.deepEqual(Object.keys((await unsigned.json()).error).sort(), ["code", "message", "metadata"]);
  assert.equal((await served.call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
  assert.equal((await get(id)).status, 404);
});

test("another key's video is not found", async () => {
  const { id } = await made(ORDER);
  const stranger = await served.createKey();
  for (const path of [id, `${id}/content`]) assert.equal((await get(path, stranger)).status, 404, path);
  const previous = { ...ORDER, model: "kling-o1", previous_job_id: id };
  assert.equal((await create(previous, stranger)).status, 404);
});

test("a cancelled job is cancelled, and its content is not there", async () => {
  await served.control("reset", {}).catch(() => {});
  const { id } = await made({ ...ORDER, prompt: "A boat [slow]", provider: { options: {} } });
  await served.call(`/v1/videos/${id}/cancel`, { apiKey, method: "POST" });
  const job = await ended(id);
  assert.ok(["cancelled", "completed"].includes(job.status), job.status);
});

test("resolution and aspect ratio name a size where a model takes only sizes", async () => {
  const prompt = "A boat of 1080p";
  const filmgate = { provider: "runware" };
  await made({ ...ORDER, prompt, resolution: "1080p", aspect_ratio: "9:16", filmgate });
  const { width, height } = await task(prompt);
  assert.deepEqual([width, height], [1080, 1920]);
  const { status, body } = await create({ ...ORDER, resolution: "4K", aspect_ratio: "16:9" });
  assert.deepEqual([status, body.error.code], [400, 400]);
  assert.ok(["resolution", "aspect_ratio"].includes(body.error.metadata.param), body.error.metadata.param);
});

test("a request that needs a size has one, in landscape", async () => {
  const prompt = "A boat that needs a size";
  await made({ model: "gen-4.5", prompt });
  const { width, height } = await task(prompt);
  assert.deepEqual([width, height], [1280, 720]);
});

test("images reach the provider as URLs of the gateway", async () => {
  const prompt = "A boat in a frame";
  const url = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
  const frame = { type: "image_url", image_url: { url }, frame_type: "first_frame" };
  await made({ ...ORDER, prompt, frame_images: [frame], input_references: [frame], filmgate: { provider: "runware" } });
  const sent = JSON.stringify(await task(prompt));
  assert.equal(sent.match(/\/uploads\//g).length, 1, "frames take precedence over references");
  assert.ok(!sent.includes("base64"));
});

test("options of the matched provider are sent, others are ignored", async () => {
  const prompt = "A boat of options";
  const options = { runware: { checkNSFW: true }, "google-vertex": { parameters: { a: 1 } } };
  await made({ ...ORDER, prompt, provider: { options }, filmgate: { provider: "runware", allowUnknownCost: true } });
  assert.equal((await task(prompt)).checkNSFW, true);
});

test("a completed video is the input of a model that takes one", async () => {
  const { id } = await made(ORDER);
  await ended(id);
  const prompt = "A boat that goes on";
  const next = await made({ model: "veo-3.1", prompt, previous_job_id: id });
  const sent = JSON.stringify(await task(prompt));
  assert.match(sent, new RegExp(`/v1/videos/${id}/content\\?index=0&expires=\\d+&signature=`));
  assert.equal((await served.call(`/v1/videos/${next.id}`, { apiKey })).body.remixed_from_video_id, id);
  const { status, body } = await create({ model: "gen-4.5", prompt: "A boat", previous_job_id: id });
  assert.deepEqual([status, body.error.metadata.code], [400, "remix_not_supported"]);
});

test("a previous job takes the place of no other video", async () => {
  const { id } = await made(ORDER);
  await ended(id);
  const prompt = "A boat of two videos";
  const url = "https://videos.example/a.mp4";
  const references = [{ type: "video_url", video_url: { url } }];
  for (const [more, name] of [
    [{ model: "wan-2.6", input_references: references }, "input_references"],
    [{ model: "wan-2.6", filmgate: { referenceVideos: [url] } }, "filmgate.referenceVideos"],
    [{ model: "kling-o1", filmgate: { video: url } }, "filmgate.video"],
  ]) {
    const { status, body } = await create({ prompt, duration: 5, previous_job_id: id, ...more });
    const { metadata, message } = body.error ?? {};
    assert.deepEqual([status, metadata?.code, metadata?.param], [400, "invalid_request", "previous_job_id"], JSON.stringify(body));
    assert.ok(message.includes(`\`${name}\``), message);
  }
  assert.ok(!provider.calls.some(({ body }) => body.includes(prompt)));
  // This model edits one video, and follows others.
  const both = "A boat beside another";
  await made({ model: "kling-o1", prompt: both, duration: 5, previous_job_id: id, input_references: references });
  const sent = JSON.stringify(await task(both));
  assert.ok(sent.includes(url) && sent.includes(`/v1/videos/${id}/content`), sent);
});

const PICTURE = { type: "image_url", image_url: { url: "https://pictures.example/a.png" } };
const first = { ...PICTURE, frame_type: "first_frame" };
const BAD = { ...ORDER, prompt: "A wrong boat" };
const WRONG = [
  [[], undefined],
  [{ prompt: BAD.prompt }, "model"],
  [{ ...BAD, model: null }, "model"],
  [{ ...BAD, model: 5 }, "model"],
  [{ ...BAD, seconds: "5" }, "seconds"],
  [{ ...BAD, quality: "hd" }, "quality"],
  [{ ...BAD, duration: "5" }, "duration"],
  [{ ...BAD, duration: 5.5 }, "duration"],
  [{ ...BAD, size: "1x1" }, "size"],
  [{ ...BAD, seed: "x" }, "seed"],
  [{ ...BAD, frame_images: first }, "frame_images"],
  [{ ...BAD, frame_images: [PICTURE] }, "frame_images.0"],
  [{ ...BAD, frame_images: [first, first] }, "frame_images.1"],
  [{ ...BAD, frame_images: [{ ...first, frame_type: "constructor" }] }, "frame_images.0"],
  [{ ...BAD, frame_images: ["https://pictures.example/a.png"] }, "frame_images.0"],
  [{ ...BAD, frame_images: [{ ...first, image_url: "https://pictures.example/a.png" }] }, "frame_images.0"],
  [{ ...BAD, frame_images: [{ ...first, image_url: { url: "https://10.0.0.1/a.png" } }] }, "frame_images"],
  [{ ...BAD, frame_images: [{ ...first, image_url: { url: "data:image/png;base64,AAAA" } }] }, "frame_images"],
  [{ ...BAD, input_references: [{ type: "file", file: {} }] }, "input_references.0"],
  [{ ...BAD, input_references: [PICTURE] }, "input_references"],
  [{ ...BAD, provider: "runware" }, "provider"],
  [{ ...BAD, provider: { options: [] } }, "provider"],
  [{ ...BAD, provider: { only: ["runpod"] } }, "provider.only"],
  [{ ...BAD, provider: { options: {}, sort: null, max_price: { video: 0.01 } } }, "provider.max_price"],
  [
    { ...BAD, provider: { options: { runware: { webhookURL: "https://a.example" } } }, filmgate: { provider: "runware" } },
    "provider.options.runware.webhookURL",
  ],
  [{ ...BAD, callback_url: "http://a.example/" }, "callback_url"],
  [{ ...BAD, callback_url: "https://127.0.0.1/" }, "callback_url"],
  [{ ...BAD, callback_url: "https://u:p@a.example/" }, "callback_url"],
  [{ ...BAD, previous_job_id: 5 }, "previous_job_id"],
  [{ ...BAD, upscale_factor: 2 }, "upscale_factor"],
  [{ ...BAD, user: 5 }, "user"],
  [{ ...BAD, session_id: "x".repeat(257) }, "session_id"],
  [{ ...BAD, trace: "x" }, "trace"],
  [{ ...BAD, trace: { a: "x".repeat(513) } }, "trace"],
  [{ ...BAD, filmgate: { maxCostUsd: "1" } }, "filmgate.maxCostUsd"],
];
test("a wrong shape is rejected by its own name, in OpenRouter's form", async () => {
  for (const [json, param] of WRONG) {
    const { status, body } = await create(json);
    assert.deepEqual([status, body.error?.code], [400, 400], JSON.stringify([json, body]));
    assert.equal(typeof body.error.message, "string");
    assert.equal(body.error.metadata.param, param, JSON.stringify([json, body]));
  }
  assert.ok(!provider.calls.some(({ body }) => body.includes(BAD.prompt)));
});

test("slugs and aliases name models", async () => {
  for (const model of ["wan-2.6", "alibaba/wan-2.6", "house-1"]) {
    const { id } = await made({ ...ORDER, model });
    assert.equal((await served.call(`/v1/videos/${id}`, { apiKey })).body.model, "wan-2.6", model);
  }
  const { status, body } = await create({
    model: "runware:vendor:1@1",
    filmgate: { input: { positivePrompt: "A boat" }, allowUnknownCost: true },
  });
  assert.deepEqual([status, body.error.metadata.code], [403, "model_not_allowed"]);
});

test("methods, media types and unknown paths are answered in OpenRouter's form", async () => {
  const told = async (path, more) => {
    const { status, body } = await served.call(path, { apiKey, ...more });
    return [status, body.error.code, body.error.metadata.code];
  };
  const id = `video_${"0".repeat(64)}`;
  assert.deepEqual(await told("/api/v1/videos"), [405, 405, "method_not_allowed"]);
  assert.deepEqual(await told("/api/v1/videos/models", { method: "POST" }), [405, 405, "method_not_allowed"]);
  assert.deepEqual(await told(`/api/v1/videos/${id}`, { method: "DELETE" }), [405, 405, "method_not_allowed"]);
  assert.deepEqual(await told("/api/v1/chat/completions", { json: {} }), [404, 404, "not_found"]);
  assert.deepEqual(await told("/api/v1/videos/"), [404, 404, "not_found"]);
  assert.deepEqual(await told(`/api/v1/videos/${id}`), [404, 404, "not_found"]);
  assert.deepEqual(await told("/api/v1/videos/constructor"), [404, 404, "not_found"]);
  const headers = { "content-type": "text/plain" };
  assert.deepEqual(await told("/api/v1/videos", { body: "{}", headers }), [415, 415, "unsupported_media_type"]);
  const json = { "content-type": "application/json" };
  assert.deepEqual(await told("/api/v1/videos", { body: "{", headers: json }), [400, 400, "invalid_request_body"]);
  const anonymous = await served.call("/api/v1/videos", { json: ORDER });
  assert.deepEqual([anonymous.status, anonymous.body.error.code], [401, 401]);
});

test("a video that is not ready is a conflict", async (t) => {
  const slow = await gateway(t, { jobDurationMs: 600_000 });
  const key = await slow.createKey();
  const { body } = await slow.call("/api/v1/videos", { apiKey: key, json: ORDER });
  const { status, body: told } = await slow.call(`/api/v1/videos/${body.id}/content`, { apiKey: key });
  assert.deepEqual([status, told.error.code, told.error.metadata.code], [409, 409, "not_ready"]);
  const previous = { model: "veo-3.1", prompt: "A boat", previous_job_id: body.id };
  const next = await slow.call("/api/v1/videos", { apiKey: key, json: previous });
  assert.deepEqual([next.status, next.body.error.metadata.param], [409, "previous_job_id"]);
  await slow.call(`/v1/videos/${body.id}/cancel`, { apiKey: key, method: "POST" });
  await waitFor(async () => (await slow.call(`/api/v1/videos/${body.id}`, { apiKey: key })).body.status === "cancelled");
});
