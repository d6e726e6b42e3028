// What every test here needs: both majors of the AI SDK, a provider of ours, and simulated providers.
import assert from "node:assert/strict";
import * as ai6 from "ai6";
import * as ai7 from "ai";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { REQUESTS, simulator as server } from "../client/support.mjs";

export { PROMPT, PROVIDERS, counting, waitFor } from "../client/support.mjs";

// Tests check warnings where they expect them.
globalThis.AI_SDK_LOG_WARNINGS = false;

export const MODEL = "sora-2-pro";

/** Frequent polls, so that a fault of a few of them is over soon. */
const POLL = { intervalMs: 50 };

/** Each way in which an application generates with the AI SDK. */
export const WAYS = [
  { name: "ai 6", generate: ai6.experimental_generateVideo },
  { name: "ai 7", generate: ai7.experimental_generateVideo },
  {
    name: "ai 7, polling",
    generate: (call) => ai7.experimental_generateVideo({ poll: POLL, ...call }),
  },
];

export const startVideo = ai7.experimental_startVideo;
export const getVideoStatus = ai7.experimental_getVideoStatus;
export const generateVideo = ai7.experimental_generateVideo;
export const { APICallError, NoSuchModelError } = ai7;
export { ai6, ai7 };

export const simulator = (t, config) => server(t, { jobDurationMs: 300, ...config });

/** A provider of ours at the simulated ones. */
export const provider = (sim, options = {}) =>
  createFilmgateProvider({ ...sim.settings, ...options });

/** The AI SDK's own download rejects URLs of this machine. */
export async function download({ url }) {
  const answer = await fetch(url);
  const data = new Uint8Array(await answer.arrayBuffer());
  return { data, mediaType: answer.headers.get("content-type") };
}

/** A call that suits that provider. */
export function callOf(id, model, more = {}) {
  const { prompt, image, duration, size } = REQUESTS[id];
  const { providerOptions, ...rest } = more;
  return {
    model,
    prompt: image ? { text: prompt, image } : prompt,
    duration,
    ...(size && { resolution: size }),
    providerOptions: { filmgate: { provider: id, ...providerOptions } },
    download,
    ...rest,
  };
}

/** One job was made, and billed once. */
export async function paidOnce(sim) {
  const { submissions, charges } = await sim.ledger();
  assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, 1);
  assert.equal(charges.length, 1);
}

/** The file is an MP4 video. */
export function isVideo(video) {
  assert.equal(video.mediaType, "video/mp4");
  assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), "ftyp");
}

export async function thrown(promise) {
  return promise.then(
    () => assert.fail("expected an error"),
    (error) => error,
  );
}
