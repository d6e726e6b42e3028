// Vercel's AI SDK with filmgate's provider, from the built package, with its folder store.
// The SDK downloads the video before it resolves, and by default rejects local URLs.
import { experimental_generateVideo as generateVideo } from "ai7";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";

const LIMIT_MS = 4_000;
const CALLS = {
  runpod: { prompt: { text: PROMPT, image: IMAGE } },
  runware: { prompt: PROMPT, resolution: "1280x720" },
};

const filmgate = (provider) => {
  const at = ({ address, folder, keep }) =>
    createFilmgateProvider({
      provider,
      [provider]: { apiKey: API_KEY, baseURL: address },
      store: folderStore(folder),
      onSubmitted: keep,
    });

  return {
    async generate(job) {
      const { video } = await generateVideo({
        ...CALLS[provider],
        model: at(job).video("sora-2-pro"),
        duration: SECONDS,
        ...(job.limited && { poll: { timeoutMs: LIMIT_MS } }),
        download: async ({ url }) => {
          const answer = await fetch(url);
          const data = new Uint8Array(await answer.arrayBuffer());
          return { data, mediaType: answer.headers.get("content-type") };
        },
      });
      return { bytes: video.uint8Array.length };
    },

    /** By the handle from an error or a callback; else from the store. */
    async find(job) {
      const { client } = at(job);
      const given = job.kept.map((each) => each.error?.handle ?? each).find(({ id }) => id);
      const handle = given ?? (await client.jobs())[0].handle;
      const { videos } = await client.resume(handle).result();
      return { url: videos[0].url ?? videos[0].data };
    },
  };
};

export const runpod = filmgate("runpod");
export const runware = filmgate("runware");
