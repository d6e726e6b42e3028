// The three places a film can be made in, and a client for each. Every place has a store of its own,
// so that a simulated job is never looked for at a real provider.

import { createFilmgate, indexedDbStore } from "../vendor/filmgate/index.js";

export const PLACE_NAMES = {
  page: "Simulated, in this page",
  local: "Simulated, local server",
  live: "RunPod and Runware",
};

// A simulator takes any key.
const ANY_KEY = "simulated";

/** The addresses of the local simulator, where `npm start` serves this page. */
export async function findLocal() {
  try {
    const answer = await fetch("config.json");
    const { runpod, runware } = answer.ok ? await answer.json() : {};
    return runpod && runware ? { runpod, runware } : undefined;
  } catch {
    return undefined;
  }
}

/** The client for a place. `direct`: a video may be played from its own address. */
export async function openPlace(place, { local, settings }) {
  const store = indexedDbStore(`filmgate-${place}`);
  if (place === "live") {
    const [runpod, runware] = [settings.live("runpod"), settings.live("runware")];
    return { place, direct: true, client: createFilmgate({ runpod, runware, store }) };
  }
  const simulator = place === "local" ? local : await openSimulator();
  const client = createFilmgate({
    runpod: { apiKey: ANY_KEY, baseURL: simulator.runpod },
    runware: { apiKey: ANY_KEY, baseURL: simulator.runware },
    allowPrivateHosts: true,
    fetch: simulator.fetch,
    store,
  });
  return { place, direct: place === "local", client };
}

let simulator;

/** The simulator is a module of its own, fetched once and only where it is wanted. */
function openSimulator() {
  simulator ??= import("./simulator.js").then((module) => module.openSimulator());
  return simulator;
}
