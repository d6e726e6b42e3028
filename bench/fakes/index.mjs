// Every fake by name: `start({ runMs, config })` gives `{ address, requests, strike(rules), jobs(),
// stop() }`.
import { fal } from "./fal.mjs";
import { startHttpFake } from "./http.mjs";
import { openai } from "./openai.mjs";
import { replicate } from "./replicate.mjs";
import { startRunwareSocket } from "./runware-socket.mjs";
import { startRunpod, startRunware } from "./simulator.mjs";

export const fakes = {
  runpod: startRunpod,
  runware: startRunware,
  "runware-socket": startRunwareSocket,
  replicate: (options) => startHttpFake(replicate, options),
  fal: (options) => startHttpFake(fal, options),
  openai: (options) => startHttpFake(openai, options),
};
