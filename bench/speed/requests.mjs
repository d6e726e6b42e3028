// The validated requests: one per provider as its own documents write it, the same in filmgate's format, and
// each again with three errors.
const PROMPT = "Action: She opened her hands. Ambient Sound: A dying fire.";
const LONG = "A cinematic wide shot of a mangrove shore at dusk. ".repeat(20).slice(0, 1000);
const IMAGE = "https://example.com/baker.jpeg";

const runpod = { prompt: PROMPT, image: IMAGE, size: "720p", duration: 4 };
const runware = {
  taskType: "videoInference",
  taskUUID: "6f1c9b1e-4c1d-4a53-9a35-0d1f7c0a9b11",
  model: "openai:3@2",
  positivePrompt: LONG,
  width: 1280,
  height: 720,
  duration: 4,
};
const neutral = {
  runpod: { model: "sora-2-pro", prompt: PROMPT, image: IMAGE, resolution: "720p", duration: 4 },
  runware: { model: "sora-2-pro", prompt: LONG, size: "1280x720", duration: 4 },
};

/** Returns `{ valid, wrong }`; `wrong` has three errors. */
export const wire = {
  runpod: { valid: runpod, wrong: { ...runpod, prompt: "", size: "big", duration: 5 } },
  runware: { valid: runware, wrong: { ...runware, positivePrompt: "", width: 1, duration: 5 } },
};

export const ours = {
  runpod: {
    valid: neutral.runpod,
    wrong: { ...neutral.runpod, prompt: "", resolution: "big", duration: 5 },
  },
  runware: {
    valid: neutral.runware,
    wrong: { ...neutral.runware, prompt: "", size: "1x1", duration: 5 },
  },
};

/** A request that both providers accept and price. */
export const both = {
  model: "wan-2.6",
  prompt: PROMPT,
  duration: 5,
  resolution: "720p",
};

let count = 0;

/** The request with another prompt of the same length. An empty one stays so. */
export function varied(request) {
  if (request.prompt === "") return { ...request, n: 1, webhookUrl: `https://example.com/${(count += 1)}` };
  count = (count % 9_000) + 1;
  return { ...request, prompt: `${request.prompt.slice(0, -4)}${1_000 + count}` };
}
