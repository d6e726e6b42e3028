// `ai` 7 through `filmgate/ai-sdk`, whose client goes through the gateway.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import {
  experimental_generateVideo as generateVideo,
  experimental_getVideoStatus as getVideoStatus,
  experimental_startVideo as startVideo,
} from "ai";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { PICTURE, PROMPT, between, gateway, waitFor } from "./client.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const all = await gateway({ after });
const provider = (options) => createFilmgateProvider({ gateway: all.settings, ...options });

/** The AI SDK's own download rejects URLs of this machine. */
async function download({ url }) {
  const answer = await fetch(url);
  const data = new Uint8Array(await answer.arrayBuffer());
  return { data, mediaType: answer.headers.get("content-type") };
}

const call = (model, more) => ({
  ...{ model, prompt: PROMPT, duration: 4, resolution: "1280x720", maxRetries: 2, download },
  ...more,
});

describe("ai 7 through the gateway", { concurrency: true }, () => {
  test("generates a video", async () => {
    const { video, providerMetadata } = await generateVideo(call(provider().video("sora-2-pro")));
    assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), "ftyp");
    const { status, costUsd, handle } = providerMetadata.filmgate;
    assert.deepEqual([status, costUsd, handle.gateway], ["completed", 1.2, all.settings.url]);
  });

  test("generates one from an image's bytes", async () => {
    const model = provider().video("sora-2-pro");
    const prompt = { text: PROMPT, image: PICTURE };
    const { video } = await generateVideo(call(model, { prompt, resolution: undefined }));
    assert.equal(video.mediaType, "video/mp4");
  });

  test("starts, and polls in another process by the handle", async () => {
    const { operation } = await startVideo(call(provider().video("sora-2-pro")));
    const copy = JSON.parse(JSON.stringify(operation));
    const model = provider().video("sora-2-pro");
    const ended = await waitFor(async () => {
      const now = await getVideoStatus(model, { operation: copy });
      return now.status === "completed" && now;
    });
    assert.equal(ended.videos.length, 1);
  });

  test("a start whose response is lost and that the AI SDK retries is one job", async () => {
    const { apiKey } = await all.server.createKey();
    const settings = { url: all.settings.url, apiKey };
    let lost = 0;
    const { fetch } = between(async ({ key }, on) => {
      const answer = await on();
      return key && lost++ === 0 ? Promise.reject(new TypeError("fetch failed")) : answer;
    });
    const model = provider({ gateway: settings, fetch }).video("sora-2-pro");
    const headers = { "idempotency-key": "mine" };
    const first = await startVideo(call(model, { headers }));
    const again = await startVideo(
      call(provider({ gateway: settings }).video("sora-2-pro"), { headers }),
    );
    assert.equal(again.operation.jobId, first.operation.jobId);
  });

  test("a rejection is an error of the AI SDK, and is not retried", async () => {
    const { apiKey } = await all.server.createKey({ dailyBudgetUsd: 0.5 });
    const calls = between();
    const options = { gateway: { url: all.settings.url, apiKey }, fetch: calls.fetch };
    const error = await generateVideo(call(provider(options).video("sora-2-pro"))).then(
      assert.fail,
      (thrown) => thrown,
    );
    assert.deepEqual([error.code, error.isRetryable], ["budget_exceeded", false]);
    assert.equal(calls.orders().length, 1);
  });
});
