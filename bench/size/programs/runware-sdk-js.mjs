import { Runware } from "@runware/sdk-js";

export const generate = async (apiKey, request) => {
  const runware = await Runware.initialize({ apiKey });
  return runware.videoInference(request);
};
