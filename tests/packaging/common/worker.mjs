// A Worker's part: a request names the providers' addresses, the answer is the videos.
import { generateEverywhere } from "./generate.mjs";

export const generateInWorker = (createFilmgate) => ({
  async fetch(request) {
    const providers = Object.fromEntries(new URL(request.url).searchParams);
    return Response.json({ videos: await generateEverywhere(createFilmgate, providers) });
  },
});
