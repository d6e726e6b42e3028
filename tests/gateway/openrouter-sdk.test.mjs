// The published `@openrouter/sdk`, with another server URL.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, test } from "node:test";
import { OpenRouter } from "@openrouter/sdk";
import * as errors from "@openrouter/sdk/models/errors";
import { gateway, host, IMAGE_FIELDS, waitFor } from "./api.mjs";

const calls = [];
const receiver = await host({ after }, async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  calls.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  response.end();
});
const served = await gateway({ after }, {
  vars: ({ origin }) => ({ TRUSTED_ORIGINS: `${origin}, ${receiver}` }),
});
const apiKey = await served.createKey();
const sdk = (key = apiKey) =>
  new OpenRouter({ apiKey: key, serverURL: `${served.url}/api/v1`, retryConfig: { strategy: "none" } });
const client = sdk();
const ORDER = { model: "alibaba/wan-2.6", prompt: "A paper boat on a rainy street" };

const generate = (order, options, by = client) =>
  by.videoGeneration.generate({ videoGenerationRequest: { ...ORDER, ...order } }, options);

const ended = (jobId) =>
  waitFor(async () => {
    const job = await client.videoGeneration.getGeneration({ jobId });
    return !["pending", "in_progress"].includes(job.status) && job;
  });

const completed = async (jobId) => {
  const job = await ended(jobId);
  assert.equal(job.status, "completed", JSON.stringify(job));
  return job;
};

test("a video is generated, polled and downloaded", async () => {
  const made = await generate({ duration: 5, resolution: "720p", aspectRatio: "16:9", seed: 7 });
  assert.match(made.id, /^video_[0-9a-f]{64}$/);
  assert.deepEqual([made.status, made.pollingUrl], ["pending", `${served.url}/api/v1/videos/${made.id}`]);
  const job = await completed(made.id);
  assert.equal(job.generationId, made.id);
  assert.deepEqual(job.usage, { cost: 0.5, isByok: false });
  assert.deepEqual(job.unsignedUrls, [`${made.pollingUrl}/content?index=0`]);
  const stream = await client.videoGeneration.getVideoContent({ jobId: made.id, index: 0 });
  const bytes = Buffer.from(await new Response(stream).arrayBuffer());
  assert.equal(bytes.toString("latin1", 4, 8), "ftyp");
});

test("a request with a model and a prompt alone is enough", async () => {
  await completed((await generate({})).id);
});

test("images of frames and references are sent as URLs and as data URIs", async () => {
  const url = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
  const part = { type: "image_url", imageUrl: { url } };
  const frames = [
    { ...part, frameType: "first_frame" },
    { ...part, frameType: "last_frame" },
  ];
  await completed((await generate({ model: "vidu-q3", duration: 4, resolution: "720p", frameImages: frames })).id);
  const references = { model: "kling-o1", duration: 5, aspectRatio: "16:9", inputReferences: [part] };
  await completed((await generate(references)).id);
});

test("every model of the list says what it takes", async () => {
  const { data } = await client.videoGeneration.listVideosModels();
  const wan = data.find(({ id }) => id === "wan-2.6");
  assert.equal(wan.canonicalSlug, "alibaba/wan-2.6");
  assert.deepEqual(wan.supportedDurations, [5, 10, 15]);
  assert.deepEqual(wan.supportedFrameImages, ["first_frame"]);
  assert.ok(wan.supportedResolutions.includes("1080p") && wan.supportedAspectRatios.includes("9:16"));
  assert.ok(wan.supportedSizes.includes("1280x720"));
  assert.equal(wan.pricingSkus["per-video-second-720p"], "0.1");
  assert.ok(data.every(({ id }) => id !== "sora-2"), "no retired model");
  for (const { id, canonicalSlug } of data) {
    assert.match(canonicalSlug, new RegExp(`^[a-z0-9-]+/${id.replaceAll(".", "\\.")}$`));
  }
});

test("a failed job has the reason", async () => {
  const job = await ended((await generate({ prompt: "A boat [fail]" })).id);
  assert.equal(job.status, "failed");
  assert.ok(job.error.length > 10, job.error);
  assert.equal(job.unsignedUrls, undefined);
});

test("each error is the package's own class, with its message", async () => {
  const rejects = (promise, kind, code, message) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
      assert.deepEqual([error.statusCode, error.error.code], [code, code]);
      assert.match(error.error.message, message);
      assert.match(error.error.metadata.code, /^[a-z_]+$/);
      return true;
    });
  await rejects(generate({ duration: 4 }), errors.BadRequestResponseError, 400, /5, 10 or 15/);
  await rejects(generate({ model: "google/veo-9" }), errors.BadRequestResponseError, 400, /veo-3\.1/);
  await rejects(generate({}, undefined, sdk("fgw_nobody")), errors.UnauthorizedResponseError, 401, /API key/);
  const poor = sdk(await served.createKey({ dailyBudgetUsd: 0.1 }));
  await rejects(generate({}, undefined, poor), errors.PaymentRequiredResponseError, 402, /budget/);
  const narrow = sdk(await served.createKey({ models: ["veo-3.1"] }));
  await rejects(generate({}, undefined, narrow), errors.ForbiddenResponseError, 403, /veo-3\.1/);
  const missing = { jobId: `video_${"0".repeat(64)}` };
  await rejects(client.videoGeneration.getGeneration(missing), errors.NotFoundResponseError, 404, /No such video/);
  await rejects(client.videoGeneration.getVideoContent(missing), errors.NotFoundResponseError, 404, /No such video/);
  await rejects(generate({ prompt: "x".repeat(1_100_000) }), errors.PayloadTooLargeResponseError, 413, /bytes/);
  const busy = sdk(await served.createKey({ maxConcurrentJobs: 1 }));
  const both = Promise.all([generate({}, undefined, busy), generate({}, undefined, busy)]);
  await rejects(both, errors.TooManyRequestsResponseError, 429, /jobs/);
});

test("a key makes a create safe to repeat", async () => {
  const headers = { "idempotency-key": "one boat" };
  const [one, two] = [await generate({}, { headers }), await generate({}, { headers })];
  assert.equal(one.id, two.id);
  const [three, four] = [await generate({}), await generate({})];
  assert.notEqual(three.id, four.id, "without one, equal requests are two videos");
});

test("the end is posted to the callback, signed as OpenRouter signs", async () => {
  const unsigned = await generate({ callbackUrl: `${receiver}/job` });
  const call = await waitFor(() => calls.find(({ body }) => body.includes(unsigned.id)));
  assert.equal(call.headers["x-openrouter-idempotency-key"], `${unsigned.id}-completed`);
  assert.equal(call.headers["x-openrouter-signature"], undefined, "the account has no secret");
  const { type, created_at: createdAt, data } = JSON.parse(call.body);
  assert.equal(type, "video.generation.completed");
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
  assert.deepEqual([data.id, data.status, data.usage.cost], [unsigned.id, "completed", 0.5]);
  assert.deepEqual(data.unsigned_urls, [`${unsigned.pollingUrl}/content?index=0`]);
  assert.ok(!call.body.includes("signature="), "no URL in it grants access");

  const { body: made } = await served.admin("keys", { json: { name: "signed", webhook: { url: `${receiver}/account` } } });
  const signed = await generate({ callbackUrl: `${receiver}/job` }, undefined, sdk(made.key));
  const { headers, body } = await waitFor(() => calls.find((call) => call.body.includes(signed.id)));
  const [, time, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["x-openrouter-signature"]);
  assert.equal(createHmac("sha256", made.webhookSecret).update(`${time},${body}`).digest("hex"), hash);
  assert.equal(calls.filter((call) => call.body.includes(signed.id)).length, 1, "the account's webhook is not called");
});
