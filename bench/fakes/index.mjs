// Every fake by name: `start({ jobDurationMs, config })` returns `{ address, requests, strike(rules), jobs(),
// stop() }`.
import { fal } from "./fal.mjs";
import { startHttpFake } from "./http.mjs";
import { openai } from "./openai.mjs";
import { replicate } from "./replicate.mjs";
import { startRunpod, startRunware } from "./simulator.mjs";

export const fakes = {
  runpod: startRunpod,
  runware: startRunware,
  // Its WebSocket library is installed by the setup.
  "runware-socket": async (options) =>
    (await import("./runware-socket.mjs")).startRunwareSocket(options),
  replicate: (options) => startHttpFake(replicate, options),
  fal: (options) => startHttpFake(fal, options),
  openai: (options) => startHttpFake(openai, options),
};
