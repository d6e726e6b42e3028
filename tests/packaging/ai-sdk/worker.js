import { generateWithAiSdk } from "./generate-with-ai-sdk.js";

export default {
  async fetch(request) {
    const providers = Object.fromEntries(new URL(request.url).searchParams);
    return Response.json({ videos: await generateWithAiSdk(providers) });
  },
};
