// RunPod's own client: `runSync` submits and waits.
import runpod from "runpod-sdk";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";
import { urlIn } from "./runpod-output.mjs";

const LIMIT_MS = 3_000;
const endpoint = (baseUrl) => runpod(API_KEY, { baseUrl }).endpoint("sora-2-pro-i2v");

export const client = {
  async generate({ address, limited, keep }) {
    const input = { prompt: PROMPT, image: IMAGE, size: "720p", duration: SECONDS };
    const request = [{ input }, ...(limited ? [LIMIT_MS] : [])];
    const ended = await endpoint(address).runSync(...request);
    keep(ended);
    return { url: urlIn(ended.output) };
  },

  async find({ address, id }) {
    const found = await endpoint(address).status(id);
    return { url: urlIn(found.output) };
  },
};
