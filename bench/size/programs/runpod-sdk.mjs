import runpod from "runpod-sdk";

export const generate = (apiKey, input) => runpod(apiKey).endpoint("sora-2-pro-i2v").runSync({ input });
