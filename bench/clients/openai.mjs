// OpenAI's client has no call that waits: its documents show a loop around `retrieve`.
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { API_KEY, PROMPT, SECONDS } from "./request.mjs";

const EVERY_MS = 5_000;
const LIMIT_MS = 4_000;
const at = (baseURL) => new OpenAI({ apiKey: API_KEY, baseURL });

export const client = {
  async generate({ address, limited, keep }) {
    const openai = at(address);
    let video = await openai.videos.create({
      model: "sora-2-pro",
      prompt: PROMPT,
      seconds: String(SECONDS),
      size: "1280x720",
    });
    keep(video);
    const until = Date.now() + (limited ? LIMIT_MS : Infinity);
    while (video.status === "queued" || video.status === "in_progress") {
      if (Date.now() >= until) throw new Error("the loop gave up");
      await sleep(EVERY_MS);
      video = await openai.videos.retrieve(video.id);
    }
    return fileOf(openai, video.id);
  },

  find: ({ address, id }) => fileOf(at(address), id),
};

async function fileOf(openai, id) {
  const content = await openai.videos.downloadContent(id);
  return { bytes: (await content.arrayBuffer()).byteLength };
}
