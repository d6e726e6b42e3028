// RunPod's provider for the AI SDK. It knows the endpoint by a name of its own, and its address by
// heart: the given fetch leads it here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunpod } from "@runpod/ai-sdk-provider";
import { experimental_generateVideo as generateVideo } from "ai";
import { INPUT, simulator } from "./support.mjs";

const { runpod: base, ledger } = await simulator();
const redirected = (url, init) =>
  fetch(String(url).replace("https://api.runpod.ai/v2", base), init);

const film = (apiKey, options = {}) =>
  generateVideo({
    model: createRunpod({ apiKey, fetch: redirected }).video("openai/sora-2-pro-i2v"),
    prompt: { text: INPUT.prompt, image: INPUT.image },
    duration: INPUT.duration,
    providerOptions: { runpod: { size: INPUT.size, pollIntervalMillis: 200 } },
    maxRetries: 0,
    // Its own download refuses addresses of this machine.
    download: async ({ url }) => {
      const answer = await fetch(url);
      const data = new Uint8Array(await answer.arrayBuffer());
      return { data, mediaType: answer.headers.get("content-type") };
    },
    ...options,
  });

test("a film is submitted, waited for and read", async () => {
  const { video } = await film("any-key");
  assert.equal(video.mediaType, "video/mp4");
  assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), "ftyp");
  const { totalMicroUsd } = await ledger();
  assert.equal(totalMicroUsd, 1_200_000);
});

test("a refused input fails with the provider's words", async () => {
  await assert.rejects(film("any-key", { duration: 5 }), {
    message: "Video generation failed: Invalid duration: must be 4, 8, or 12 seconds",
  });
});

test("a wrong key is refused", async () => {
  await assert.rejects(film("bad-key"), { statusCode: 401 });
});
