// fal's client: `subscribe` submits and waits. Its `fetch` option redirects it.
import { createFalClient } from "@fal-ai/client";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";

const HOME = "https://queue.fal.run";
const APP = "fal-ai/sora-2/image-to-video/pro";
const LIMIT_MS = 4_000;

const at = (address) =>
  createFalClient({
    credentials: API_KEY,
    fetch: (url, init) => fetch(String(url).replace(HOME, address), init),
  });

export const client = {
  async generate({ address, limited, keep }) {
    const { data } = await at(address).subscribe(APP, {
      input: { prompt: PROMPT, image_url: IMAGE, duration: SECONDS },
      onEnqueue: keep,
      onQueueUpdate: keep,
      ...(limited && { timeout: LIMIT_MS }),
    });
    return { url: data.video.url };
  },

  async find({ address, id }) {
    const { data } = await at(address).queue.result(APP, { requestId: id });
    return { url: data.video.url };
  },
};
