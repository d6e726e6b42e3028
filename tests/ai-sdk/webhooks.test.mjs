// Webhooks in place of polling: the AI SDK waits for one, then polls once, and does not accept "pending".
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SECRET, receiver } from "../client/webhook-receiver.mjs";
import { MODEL, PROVIDERS, callOf, counting, isVideo, paidOnce } from "./support.mjs";
import {
  generateVideo,
  getVideoStatus,
  provider,
  simulator,
  startVideo,
  thrown,
} from "./support.mjs";

const local = { allowPrivateHosts: true };

/** The AI SDK's option for webhooks, with a server of the test's behind it. */
async function webhooks(t) {
  let resolveReceived;
  const received = new Promise((resolve) => (resolveReceived = resolve));
  const { calls, webhook } = await receiver(t, ({ body }) =>
    resolveReceived({ headers: {}, body: JSON.parse(body) }),
  );
  return {
    calls,
    received,
    url: webhook.url,
    webhook: async () => ({ url: webhook.url, received }),
  };
}

describe("webhooks", { concurrency: 8 }, () => {
  for (const id of PROVIDERS) {
    test(`${id}: waits for the webhook, and polls only after it`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 700 });
      const { fetch, seen } = counting();
      const { webhook, calls } = await webhooks(t);
      const { video } = await generateVideo(
        callOf(id, provider(sim, { ...local, fetch }).video(MODEL), { webhook }),
      );
      isVideo(video);
      assert.equal(calls.length, 1);
      // The submit, and one poll; the AI SDK downloads the video itself.
      assert.equal(seen.length, 2);
      await paidOnce(sim);
    });

    test(`${id}: a webhook that comes before its time loses no video`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const url = "https://example.com/hook";
      const webhook = async () => ({ url, received: Promise.resolve({ headers: {}, body: null }) });
      const { video } = await generateVideo(callOf(id, provider(sim).video(MODEL), { webhook }));
      isVideo(video);
      await paidOnce(sim);
    });

    test(`${id}: a URL with a token of the job, if there is a secret`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 300 });
      const { url, calls, received } = await webhooks(t);
      const filmgate = provider(sim, { ...local, webhookSecret: SECRET });
      const model = filmgate.video(MODEL);
      const { operation } = await startVideo(callOf(id, model, { webhookUrl: url }));
      await received;
      const event = await filmgate.client.verifyWebhook({ ...calls[0], secret: SECRET });
      assert.equal(event.id, operation.id);
      assert.equal((await getVideoStatus(model, { operation })).status, "completed");
    });
  }

  test("several videos: the first webhook does not end the waiting for the others", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 300 });
    const { webhook } = await webhooks(t);
    const filmgate = provider(sim, local);
    const call = callOf("runpod", filmgate.video(MODEL), { webhook, n: 3 });
    assert.equal((await generateVideo(call)).videos.length, 3);
  });

  test("a missing webhook ends in the AI SDK's timeout, and the job is kept", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 300 });
    const jobs = [];
    const filmgate = provider(sim, { onSubmitted: (handle) => void jobs.push(handle) });
    const url = "https://example.com/hook";
    const call = callOf("runware", filmgate.video(MODEL), {
      webhook: async () => ({ url, received: new Promise(() => {}) }),
      poll: { timeoutMs: 5_000 },
    });
    const error = await thrown(generateVideo(call));
    assert.match(error.message, /timed out/);
    assert.equal((await filmgate.client.resume(jobs[0]).result()).videos.length, 1);
    await paidOnce(sim);
  });
});
