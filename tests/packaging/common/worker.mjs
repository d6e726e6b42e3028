// A Worker's part: a request names the providers' addresses, the answer is the films.
import { filmEverywhere } from "./film.mjs";

export const filmInWorker = (createFilmgate) => ({
  async fetch(request) {
    const providers = Object.fromEntries(new URL(request.url).searchParams);
    return Response.json({ films: await filmEverywhere(createFilmgate, providers) });
  },
});
