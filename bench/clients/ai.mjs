// Vercel's AI SDK with RunPod's provider, whose base URL is fixed: its `fetch` option redirects it.
// The SDK downloads the video before it resolves, and by default rejects local URLs.
import { createRunpod } from "@runpod/ai-sdk-provider";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";
import { urlIn } from "./runpod-output.mjs";

const HOME = "https://api.runpod.ai/v2";

export const ai = (generateVideo) => ({
  async generate({ address, limited }) {
    const fetchHere = (url, init) => fetch(String(url).replace(HOME, address), init);
    const provider = createRunpod({ apiKey: API_KEY, fetch: fetchHere });
    const { video } = await generateVideo({
      model: provider.video("openai/sora-2-pro-i2v"),
      prompt: { text: PROMPT, image: IMAGE },
      duration: SECONDS,
      providerOptions: { runpod: { size: "720p", ...(limited && { maxPollAttempts: 1 }) } },
      download: async ({ url }) => {
        const answer = await fetch(url);
        const data = new Uint8Array(await answer.arrayBuffer());
        return { data, mediaType: answer.headers.get("content-type") };
      },
    });
    return { bytes: video.uint8Array.length };
  },

  /** Neither can resume a job, so its id is used at RunPod directly. */
  async find({ address, id }) {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const answer = await fetch(`${address}/sora-2-pro-i2v/status/${id}`, { headers });
    return { url: urlIn((await answer.json()).output) };
  },
});
