// RunPod's provider for the AI SDK. It has its own name for the endpoint and a fixed base URL: the `fetch`
// option redirects it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunpod } from "@runpod/ai-sdk-provider";
import { experimental_generateVideo as generateVideo } from "ai";
import { INPUT, simulator } from "./support.mjs";

const { runpod: base, ledger } = await simulator();
const redirected = (url, init) =>
  fetch(String(url).replace("https://api.runpod.ai/v2", base), init);

const generate = (apiKey, options = {}) =>
  generateVideo({
    model: createRunpod({ apiKey, fetch: redirected }).video("openai/sora-2-pro-i2v"),
    prompt: { text: INPUT.prompt, image: INPUT.image },
    duration: INPUT.duration,
    providerOptions: { runpod: { size: INPUT.size, pollIntervalMillis: 200 } },
    maxRetries: 0,
    // Its own download rejects local URLs.
    download: async ({ url }) => {
      const response = await fetch(url);
      const data = new Uint8Array(await response.arrayBuffer());
      return { data, mediaType: response.headers.get("content-type") };
    },
    ...options,
  });

test("a video is submitted, polled and downloaded", async () => {
  const { video } = await generate("any-key");
  assert.equal(video.mediaType, "video/mp4");
  assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), "ftyp");
  const { totalMicroUsd } = await ledger();
  assert.equal(totalMicroUsd, 1_200_000);
});

test("a rejected input fails with the provider's message", async () => {
  await assert.rejects(generate("any-key", { duration: 5 }), {
    message: "Video generation failed: Invalid duration: must be 4, 8, or 12 seconds",
  });
});

test("a wrong key is rejected", async () => {
  await assert.rejects(generate("bad-key"), { statusCode: 401 });
});
