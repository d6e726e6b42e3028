// A Worker's part: a request has the providers' URLs, the response has the videos.
import { generateEverywhere } from "./generate.mjs";

export const generateInWorker = (createFilmgate) => ({
  async fetch(request) {
    const providers = Object.fromEntries(new URL(request.url).searchParams);
    return Response.json({ videos: await generateEverywhere(createFilmgate, providers) });
  },
});
