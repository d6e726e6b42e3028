// A Worker's part: a request has what to do, the response has the result.
import { generateEverywhere } from "./generate.mjs";
import { submitToEach } from "./submit-once.mjs";

export const generateInWorker = (createFilmgate) => ({
  async fetch(request) {
    const { breaking, ...providers } = Object.fromEntries(new URL(request.url).searchParams);
    if (breaking) return Response.json(await submitToEach(createFilmgate, JSON.parse(breaking)));
    return Response.json({ videos: await generateEverywhere(createFilmgate, providers) });
  },
});
