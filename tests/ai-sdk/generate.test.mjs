// One video in every way that the AI SDK has, at both providers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROMPT, PROVIDERS, WAYS, MODEL, callOf, isVideo, paidOnce } from "./support.mjs";
import { getVideoStatus, provider, simulator, startVideo, waitFor } from "./support.mjs";

describe("generate", { concurrency: 6 }, () => {
  for (const { name, generate } of WAYS) {
    for (const id of PROVIDERS) {
      test(`${name}, ${id}: is delivered with its cost and its handle`, async (t) => {
        const sim = await simulator(t);
        const filmgate = provider(sim);
        const { video, providerMetadata, responses } = await generate(
          callOf(id, filmgate.video(MODEL)),
        );
        isVideo(video);
        const { status, costUsd, handle, videos } = providerMetadata.filmgate;
        assert.equal(status, "completed");
        assert.equal(costUsd, 1.2);
        assert.equal(handle.provider, id);
        assert.ok(videos[0].url);
        assert.equal(responses[0].modelId, MODEL);
        assert.ok(!JSON.stringify(handle).includes(PROMPT));
        assert.deepEqual(await filmgate.client.jobs({ pending: true }), []);
        await paidOnce(sim);
      });
    }
  }
});
