// Runware's older client, over a WebSocket. Its limit, ten minutes of polling, is fixed: when it is
// measured, timers of that length end early.
import { RunwareServer } from "@runware/sdk-js";
import { API_KEY, PROMPT, SECONDS } from "./request.mjs";

const OWN_LIMIT_MS = 600_000;
const LIMIT_MS = 4_000;

export const client = {
  async generate({ address, limited }) {
    if (limited) shortenItsLimit();
    const runware = await RunwareServer.initialize({ apiKey: API_KEY, url: address });
    const [row] = await runware.videoInference({
      model: "openai:3@2",
      positivePrompt: PROMPT,
      width: 1280,
      height: 720,
      duration: SECONDS,
    });
    return { url: row.videoURL };
  },

  async find({ address, id }) {
    const runware = await RunwareServer.initialize({ apiKey: API_KEY, url: address });
    const [row] = await runware.getResponse({ taskUUID: id });
    return { url: row.videoURL };
  },
};

function shortenItsLimit() {
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (work, ms, ...rest) =>
    real(work, ms === OWN_LIMIT_MS ? LIMIT_MS : ms, ...rest);
}
