import { createRunpod } from "@runpod/ai-sdk-provider";
import { experimental_generateVideo as generateVideo } from "ai6";

export const generate = (apiKey, request) => {
  const runpod = createRunpod({ apiKey });
  return generateVideo({ model: runpod.video("openai/sora-2-pro-i2v"), ...request });
};
