// One video at each provider: the requests sent, the updates, and the result.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BOTH,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  simulator,
} from "./support.mjs";

const ORDER = {
  runpod: ["submitting", "queued", "running", "completed"],
  // Its responses have no queue status.
  runware: ["submitting", "running", "completed"],
};
const micro = (usd) => Math.round(usd * 1e6);

describe("generate", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: progress from 0 to 1, statuses in order, the result and its price`, async (t) => {
      // A long poll skips intermediate states.
      const sim = await simulator(t, { jobDurationMs: 600_000, statusSync: false });
      const client = createClient(sim);
      const quote = client.quote(REQUESTS[provider]).find((quote) => quote.provider === provider);
      const job = await client.submit(REQUESTS[provider], { provider, maxCostUsd: quote.totalUsd });

      const updates = [];
      // The provider's time goes on once a state was seen: none is skipped.
      const steps = [({ status }) => status === "queued" || status === "running", ({ progress }) => progress > 0];
      for await (const update of job) {
        updates.push(update);
        if (!steps[0]?.(update)) continue;
        steps.shift();
        await sim.control("advance", { ms: 300_000 });
      }
      const statuses = updates.map(({ status }) => status);
      assert.deepEqual(
        statuses.filter((status, at) => status !== statuses[at - 1]),
        ORDER[provider],
      );
      const reported = updates
        .filter(({ progress }) => progress !== undefined)
        .map(({ progress }) => progress);
      assert.ok(reported.length > 1 && reported.every((progress) => progress >= 0 && progress <= 1));
      assert.deepEqual(
        reported,
        [...reported].sort((a, b) => a - b),
      );
      assert.equal(reported.at(-1), 1);
      assert.ok(updates.some(({ progress }) => progress > 0 && progress < 1));

      const outcome = await job.result();
      assert.equal(await job.result(), outcome);
      assert.equal(outcome.provider, provider);
      assert.equal(outcome.model, "sora-2-pro");
      assert.equal(outcome.charge, "charged");
      assert.equal(outcome.videos.length, 1);
      assert.match(outcome.videos[0].url, /^http:.*\.mp4$/);
      assert.deepEqual(outcome.errors, []);
      assert.equal(outcome.quoteDeltaUsd, 0);
      assert.deepEqual(job.handle, outcome.handle);
      assert.deepEqual(job.handle.quote, { min: micro(quote.minUsd), max: micro(quote.maxUsd) });

      const { charges, totalMicroUsd } = await sim.ledger();
      assert.equal(charges.length, 1);
      assert.equal(totalMicroUsd, micro(outcome.costUsd));
      assert.equal(totalMicroUsd, micro(quote.totalUsd));
    });
  }

  test("every option of a request reaches Runware", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch, allowPrivateHosts: true });
    const taskUUID = "7f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11";
    const outcome = await client.generate(
      {
        ...TEXT,
        n: 2,
        output: { type: "url", format: "webm", quality: 85 },
        contentCheck: "full",
        ttlSeconds: 3600,
        uploadUrl: "https://example.com/put",
        webhookUrl: "https://example.com/hook",
        includeCost: true,
        deliveryMethod: "async",
        taskUUID,
      },
      { provider: "runware" },
    );
    assert.deepEqual(JSON.parse(seen.submissions()[0].body), [
      {
        taskType: "videoInference",
        taskUUID,
        model: "openai:3@2",
        positivePrompt: PROMPT,
        duration: 4,
        width: 1280,
        height: 720,
        numberResults: 2,
        outputType: "URL",
        outputFormat: "WEBM",
        outputQuality: 85,
        safety: { mode: "full" },
        ttl: 3600,
        uploadEndpoint: "https://example.com/put",
        webhookURL: "https://example.com/hook",
        includeCost: true,
        deliveryMethod: "async",
      },
    ]);
    assert.equal(outcome.handle.id, taskUUID);
    assert.equal(outcome.videos.length, 2);
    assert.equal(outcome.videos.filter(({ url }) => url.endsWith(".webm")).length, 2);
    assert.ok(outcome.videos.every(({ expiresAt }) => expiresAt > Date.now()));
    assert.equal(outcome.costUsd, 2.4);
  });

  test("every option of a request reaches RunPod", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const wishes = {
      resolution: "1080p",
      webhookUrl: "https://example.com/hook",
      n: 1,
      deliveryMethod: "async",
    };
    const outcome = await client.generate({ ...BOTH, ...wishes }, { provider: "runpod" });
    assert.deepEqual(JSON.parse(seen.submissions()[0].body), {
      input: { prompt: PROMPT, image: BOTH.image, size: "1080p", duration: 4 },
      webhook: "https://example.com/hook",
    });
    assert.equal(outcome.costUsd, 2);
  });

  test("a remix works from an earlier video", async (t) => {
    const client = createClient(await simulator(t));
    const first = await client.generate(TEXT, { provider: "runware" });
    const { remixId } = first.videos[0];
    const again = await client.generate({
      model: "sora-2-pro",
      prompt: PROMPT,
      duration: 4,
      remixId: remixId,
    });
    assert.notEqual(again.videos[0].id, first.videos[0].id);
  });

  test("RunPod's long poll returns the video with the first response", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const { videos } = await client.generate({ ...BOTH, deliveryMethod: "sync" }, { provider: "runpod" });
    assert.equal(videos.length, 1);
    assert.deepEqual(
      seen.seen.map(({ path }) => path),
      ["/runpod/v2/sora-2-pro-i2v/runsync"],
    );
  });

  test("a model outside the catalog accepts raw input if its unknown price is allowed", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const raw = { model: "runpod:echo-video", input: { anything: [1, "two"] } };
    assert.equal(client.quote(raw)[0].basis, "unknown");
    const outcome = await client.generate(raw, { maxCostUsd: 1, allowUnknownCost: true });
    assert.equal(outcome.costUsd, 0.1);
    assert.equal(outcome.quoteDeltaUsd, undefined);
  });

  test("onUpdate receives the same updates as an iterator", async (t) => {
    const client = createClient(await simulator(t));
    const statuses = [];
    await client.generate(TEXT, {
      provider: "runware",
      onUpdate: (update) => statuses.push(update.status),
    });
    assert.equal(statuses[0], "submitting");
    assert.equal(statuses.at(-1), "completed");
  });
});
