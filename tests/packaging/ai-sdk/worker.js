import { filmWithAi } from "./film-with-ai.js";

export default {
  async fetch(request) {
    const providers = Object.fromEntries(new URL(request.url).searchParams);
    return Response.json({ films: await filmWithAi(providers) });
  },
};
