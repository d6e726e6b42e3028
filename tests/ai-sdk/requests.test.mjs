// Options of the AI SDK reach the provider, or are rejected before anything is billed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MODEL, PROMPT, WAYS, counting, download, paidOnce } from "./support.mjs";
import { APICallError, generateVideo, provider, simulator, thrown } from "./support.mjs";

// An image of 1 × 1.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const PICTURE = "https://example.com/first.png";
const WAN = { prompt: PROMPT, duration: 5, providerOptions: { filmgate: { resolution: "720p" } } };

/** Generates a video; returns what was sent and what came back. */
async function generated(t, call, { model = "wan-2.6", generate = generateVideo, ...options } = {}) {
  const sim = await simulator(t);
  const { fetch, submissions } = counting();
  const filmgate = provider(sim, { fetch, ...options });
  const result = await generate({ model: filmgate.video(model), download, ...call });
  const bodies = submissions().map(({ body }) => JSON.parse(body));
  return { sim, result, body: bodies[0]?.input ?? bodies[0]?.[0], bodies };
}

/** The error of a call that pays nothing. */
async function refused(t, call, options) {
  const sim = await simulator(t);
  const { model = "wan-2.6", ...rest } = options ?? {};
  const filmgate = provider(sim, rest);
  const error = await thrown(generateVideo({ model: filmgate.video(model), download, ...call }));
  assert.deepEqual((await sim.ledger()).submissions, []);
  assert.ok(APICallError.isInstance(error), error.stack);
  assert.equal(error.isRetryable, false);
  assert.equal(error.charge, "none");
  return error;
}

const at = (provider, more = {}) => ({
  ...WAN,
  ...more,
  providerOptions: {
    filmgate: { provider, resolution: "720p", ...more.providerOptions?.filmgate },
  },
});

describe("requests", { concurrency: 12 }, () => {
  test("duration, ratio, seed and the fields of `providerOptions.filmgate`", async (t) => {
    const { body } = await generated(t, {
      ...at("runware", { aspectRatio: "16:9", seed: 7 }),
      providerOptions: {
        filmgate: { provider: "runware", resolution: "720p", negativePrompt: "rain" },
      },
    });
    assert.equal(body.positivePrompt, PROMPT);
    assert.equal(body.negativePrompt, "rain");
    assert.equal(body.duration, 5);
    assert.equal(body.seed, 7);
    assert.deepEqual([body.width, body.height], [1280, 720]);
  });

  test("the AI SDK's resolution is a size", async (t) => {
    const { body } = await generated(t, {
      prompt: PROMPT,
      duration: 5,
      resolution: "1920x1080",
      providerOptions: { filmgate: { provider: "runware" } },
    });
    assert.deepEqual([body.width, body.height], [1920, 1080]);
  });

  test("a resolution beside an aspect ratio that agrees is one size", async (t) => {
    const call = (resolution, aspectRatio) => ({
      prompt: PROMPT,
      duration: 5,
      ...{ resolution, aspectRatio },
      providerOptions: { filmgate: { provider: "runware" } },
    });
    const { body } = await generated(t, call("720x1280", "9:16"));
    assert.deepEqual([body.width, body.height], [720, 1280]);
    const error = await refused(t, call("720x1280", "16:9"));
    assert.match(error.message, /`aspectRatio`: `size` contradicts this `aspectRatio`/);
  });

  test("a seed of -1 is random, and is not sent", async (t) => {
    const { body } = await generated(t, at("runware", { seed: -1 }));
    assert.equal(body.seed, undefined);
  });

  test("options of the providers' own packages are warnings, and name where they belong", async (t) => {
    const call = at("runware");
    call.providerOptions.runpod = { negative_prompt: "rain" };
    const { result } = await generated(t, call);
    const warning = result.warnings.find(({ feature }) => feature === "providerOptions.runpod");
    assert.match(warning.details, /providerOptions\.filmgate\.providerOptions\.runpod/);
  });

  test("`generateAudio` adds audio, at the price with audio", async (t) => {
    const call = { prompt: PROMPT, duration: 4, resolution: "1280x720", generateAudio: true };
    const { result } = await generated(t, call, { model: "veo-3.1-fast" });
    const quiet = await generated(t, { ...call, generateAudio: false }, { model: "veo-3.1-fast" });
    const cost = ({ result }) => result.providerMetadata.filmgate.costUsd;
    assert.ok(cost({ result }) > cost(quiet));
  });

  test("an image as a URL", async (t) => {
    const call = at("runware", { prompt: { text: PROMPT, image: PICTURE } });
    const { body } = await generated(t, call);
    assert.ok(JSON.stringify(body).includes(PICTURE));
  });

  for (const { name, generate } of WAYS) {
    test(`${name}: an image as bytes`, async (t) => {
      const call = at("runware", { prompt: { text: PROMPT, image: new Uint8Array(PNG) } });
      const { body, sim } = await generated(t, call, { generate });
      assert.ok(JSON.stringify(body).includes(PNG.toString("base64")));
      await paidOnce(sim);
    });
  }

  test("bytes go to RunPod if requested, and otherwise to a listing that accepts them", async (t) => {
    const prompt = { text: PROMPT, image: new Uint8Array(PNG) };
    const call = (filmgate) => ({ prompt, duration: 4, providerOptions: { filmgate } });
    const options = { model: MODEL };
    const inline = await generated(t, call({ provider: "runpod", allowInlineImages: true }), options);
    assert.ok(inline.body.image.startsWith("data:image/png;base64,"));
    const cheapest = await generated(t, call({}), options);
    assert.equal(cheapest.result.providerMetadata.filmgate.handle.provider, "runware");
    const error = await refused(t, call({ provider: "runpod" }), options);
    assert.equal(error.code, "invalid_request");
  });

  test("the type of the file that was ordered", async (t) => {
    const { result } = await generated(
      t,
      at("runware", { providerOptions: { filmgate: { output: { format: "webm" } } } }),
    );
    assert.equal(result.video.mediaType, "video/webm");
  });

  test("the first and the last frame", async (t) => {
    const { body } = await generated(
      t,
      {
        prompt: PROMPT,
        duration: 5,
        frameImages: [
          { image: PICTURE, frameType: "first_frame" },
          { image: "https://example.com/last.png", frameType: "last_frame" },
        ],
        providerOptions: { filmgate: { provider: "runware" } },
      },
      { model: "kling-2.1-pro" },
    );
    const text = JSON.stringify(body);
    assert.ok(text.indexOf("first.png") < text.indexOf("last.png"), text);
  });

  test("references are in the field of their kind", async (t) => {
    const [still, moving] = ["https://example.com/a.png", "https://example.com/b.mp4?x=1"];
    const { body } = await generated(
      t,
      {
        prompt: PROMPT,
        duration: 5,
        inputReferences: [moving, still, { data: new Uint8Array(PNG), mediaType: "image/png" }],
        providerOptions: { filmgate: { provider: "runware" } },
      },
      { model: "kling-o1" },
    );
    const { referenceImages, referenceVideos } = body.inputs ?? body;
    assert.equal(referenceImages[0], still);
    assert.ok(referenceImages[1].endsWith(PNG.toString("base64")));
    assert.deepEqual([referenceVideos].flat(), [moving]);
  });

  test("a video or audio as bytes is rejected", async (t) => {
    for (const mediaType of ["video/mp4", "audio/mpeg"]) {
      const inputReferences = [{ data: new Uint8Array(4), mediaType }];
      const { code, issues } = await refused(t, { ...WAN, inputReferences });
      assert.equal(code, "invalid_request");
      assert.deepEqual([issues[0].path, issues[0].code], ["inputReferences", "unsupported"]);
    }
  });

  test("what a listing cannot do is refused before anything is paid, with the way out", async (t) => {
    const error = await refused(t, at("runware", { duration: 99 }));
    assert.equal(error.code, "invalid_request");
    const issue = error.issues.find(({ path }) => path === "duration");
    assert.ok(issue.allowed ?? issue.max, JSON.stringify(issue));
    // `ai` shows the message only.
    assert.match(error.message, /^The request is invalid\. `duration`: Runware /);
    assert.ok(!JSON.stringify(error).includes(PROMPT));
  });

  test("a name that no request has is refused", async (t) => {
    const call = { ...WAN, providerOptions: { filmgate: { resolutoin: "720p" } } };
    const { issues } = await refused(t, call);
    assert.ok(issues.some(({ path, code }) => path === "resolutoin" && code === "unrecognized_field"));
  });

  test("a limit of the call, or of the provider, refuses what may cost more", async (t) => {
    const call = {
      ...WAN,
      providerOptions: { filmgate: { resolution: "720p", maxCostUsd: 0.01 } },
    };
    assert.equal((await refused(t, call)).code, "budget_exceeded");
    assert.equal((await refused(t, WAN, { maxCostUsd: 0.01 })).code, "budget_exceeded");
  });

  test("no key: nothing is sent", async (t) => {
    const none = { runpod: {}, runware: {} };
    assert.equal((await refused(t, WAN, none)).code, "missing_api_key");
  });

  test("the issues of the listing are warnings", async (t) => {
    const { result } = await generated(
      t,
      { prompt: PROMPT, duration: 4, resolution: "1280x720" },
      { model: MODEL },
    );
    const texts = result.warnings.map(({ message, details }) => message ?? details);
    assert.ok(
      texts.some((text) => /2026-09-24/.test(text)),
      JSON.stringify(result.warnings),
    );
  });

  test("unsupported options are warnings", async (t) => {
    const { result } = await generated(t, {
      ...WAN,
      aspectRatio: "adaptive",
      headers: { "x-a": "1" },
    });
    const features = result.warnings.map(({ feature }) => feature);
    assert.ok(features.includes("aspectRatio: adaptive"));
    assert.ok(features.includes("headers"));
  });
});
