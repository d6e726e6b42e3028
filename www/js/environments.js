// The four places a film can be made in, and a client for each. Every place has a store of its own,
// so that a simulated job is never looked for at a real provider.

import { createFilmgate, indexedDbStore } from "../vendor/filmgate/index.js";
import { withNotes } from "./prompt-notes.js";

export const PLACE_NAMES = {
  page: "Simulated, in this page",
  local: "Simulated, local server",
  live: "RunPod and Runware",
  gateway: "A gateway",
};

/** A long poll hears of the end alone; here there is progress to be seen. */
const LONG_POLL = false;

// A simulator takes any key.
const ANY_KEY = "simulated";

/** The addresses of the local simulator, and the local gateway with a token, where `npm start` serves this page. */
export async function findLocal() {
  try {
    const answer = await fetch("config.json");
    const { runpod, runware, gateway } = answer.ok ? await answer.json() : {};
    return runpod && runware ? { runpod, runware, gateway } : undefined;
  } catch {
    return undefined;
  }
}

const storeOf = (place) => withNotes(indexedDbStore(`filmgate-${place}`));

/** How many films of a place have not ended. */
export async function countUnderWay(place, settings) {
  const store = storeOf(place);
  const client = place === "gateway" ? gatewayClient(settings, store) : createFilmgate({ store });
  return (await client.jobs({ pending: true })).length;
}

/**
 * The client for a place. `direct`: a video may be played from its own address. `keeps(video)`: a
 * gateway has it, and makes addresses anew. `shared`: each tab asks for every job. `lacksKey(provider)`: nothing can be asked
 * there for now.
 */
export async function openPlace(place, { local, settings }) {
  const store = storeOf(place);
  if (place === "live") {
    const client = createFilmgate({
      runpod: liveSettings(settings, "runpod"),
      runware: liveSettings(settings, "runware"),
      store,
    });
    const lacksKey = (provider) => liveSettings(settings, provider).apiKey === undefined;
    return { place, direct: true, client, lacksKey };
  }
  if (place === "gateway") {
    const client = gatewayClient(settings, store);
    const lacksKey = () => !isAddress(settings.gateway().url) || !settings.gateway().token;
    const keeps = ({ url }) => url?.startsWith(settings.gateway().url.replace(/\/+$/, "")) === true;
    return { place, direct: true, keeps, shared: true, client, lacksKey };
  }
  const simulator = place === "local" ? local : await openSimulator();
  const client = createFilmgate({
    runpod: { apiKey: ANY_KEY, baseURL: simulator.runpod, longPoll: LONG_POLL },
    runware: { apiKey: ANY_KEY, baseURL: simulator.runware },
    allowPrivateHosts: true,
    fetch: simulator.fetch,
    store,
  });
  return { place, direct: place === "local", client, lacksKey: () => false };
}

/**
 * The key is asked for at every request, so that a job under way goes on with a key that was mended.
 * A gateway may add its own.
 */
function liveSettings(settings, provider) {
  const { apiKey, baseURL } = settings.live(provider);
  const current = () => settings.live(provider).apiKey ?? "";
  return { apiKey: apiKey || baseURL ? current : undefined, baseURL, longPoll: LONG_POLL };
}

/** Without an address it prices all the same, and nothing is sent. The token may be mended under way. */
function gatewayClient(settings, store) {
  const { url } = settings.gateway();
  const token = () => (isAddress(url) ? settings.gateway().token : "");
  return createFilmgate({
    gateway: { url: isAddress(url) ? url : "https://gateway.invalid", apiKey: token },
    store,
  });
}

/** Whether the client takes it: no credentials, query or fragment belong there. */
export function isAddress(text) {
  const { protocol, username, password, search, hash } = parsed(text) ?? {};
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

let simulator;

/** The simulator is a module of its own, fetched once and only where it is wanted. */
function openSimulator() {
  simulator ??= import("./simulator.js").then((module) => module.openSimulator());
  return simulator;
}
