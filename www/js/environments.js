// The four environments a video can be generated in, and a client for each. Every environment has
// its own store, so that a simulated job is never looked up at a real provider.

import { createFilmgate, indexedDbStore } from "../vendor/filmgate/index.js";
import { canStream } from "../vendor/filmgate/driver/one-shot-body.js";
import { withPromptNotes } from "./prompt-notes.js";

export const ENVIRONMENT_NAMES = {
  page: "Simulated, in this page",
  local: "Simulated, local server",
  live: "RunPod and Runware",
  gateway: "A gateway",
};

/** Off: a long poll returns only at the end of a job, and this page shows progress. */
const LONG_POLL = false;

// A simulator accepts any key.
const ANY_KEY = "simulated";

/** The URLs of the local simulator and gateway, and its API key, if `npm start` serves this page. */
export async function findLocal() {
  try {
    const response = await fetch("config.json");
    const { runpod, runware, gateway } = response.ok ? await response.json() : {};
    return runpod && runware ? { runpod, runware, gateway } : undefined;
  } catch {
    return undefined;
  }
}

const storeOf = (id) => withPromptNotes(indexedDbStore(`filmgate-${id}`));

/** The number of jobs of an environment that have not ended. */
export async function countPending(id, settings) {
  const store = storeOf(id);
  const client = id === "gateway" ? gatewayClient(settings, store) : createFilmgate({ store });
  return (await client.jobs({ pending: true })).length;
}

/**
 * Creates an environment: `{ id, client, lacksKey(provider), playsFromUrl, archives(video), isShared, mayResend, isSimulated }`.
 * `lacksKey`: requests cannot be sent for now. `playsFromUrl`: a video may be played from its own URL.
 * `archives`: the gateway stores this video and can sign a new URL. `isShared`: every tab polls each job.
 * `mayResend`: this browser may send a submit to RunPod twice by itself. `isSimulated`: nothing is paid.
 */
export async function createEnvironment(id, { local, settings }) {
  const store = storeOf(id);
  if (id === "live") {
    const client = createFilmgate({
      runpod: { ...liveSettings(settings, "runpod"), acceptResendRisk: settings.acceptsResend() },
      runware: liveSettings(settings, "runware"),
      store,
    });
    const lacksKey = (provider) => liveSettings(settings, provider).apiKey === undefined;
    return { id, playsFromUrl: true, client, lacksKey, mayResend: mayResend(settings.live("runpod")) };
  }
  if (id === "gateway") {
    const client = gatewayClient(settings, store);
    const lacksKey = () => !isGatewayUrl(settings.gateway().url) || !settings.gateway().apiKey;
    const archives = ({ url }) =>
      url?.startsWith(settings.gateway().url.replace(/\/+$/, "")) === true;
    return { id, playsFromUrl: true, archives, isShared: true, client, lacksKey };
  }
  const simulator = id === "local" ? local : await openSimulator();
  const client = createFilmgate({
    // Nothing is paid there, and the local simulator closes each connection, so that nothing is resent on it.
    runpod: { apiKey: ANY_KEY, baseURL: simulator.runpod, longPoll: LONG_POLL, acceptResendRisk: true },
    runware: { apiKey: ANY_KEY, baseURL: simulator.runware },
    allowPrivateHosts: true,
    fetch: simulator.fetch,
    store,
  });
  return { id, playsFromUrl: id === "local", client, lacksKey: () => false, isSimulated: true };
}

/**
 * The key is read at every request, so that a running job continues with a corrected key. A proxy
 * may add its own key.
 */
function liveSettings(settings, provider) {
  const { apiKey, baseURL } = settings.live(provider);
  const current = () => settings.live(provider).apiKey ?? "";
  return { apiKey: apiKey || baseURL ? current : undefined, baseURL, longPoll: LONG_POLL };
}

/** Chromium sends a submit once over HTTP/2, which needs TLS; other browsers never do. */
function mayResend({ baseURL }) {
  return !canStream() || parsed(baseURL ?? "https://api.runpod.ai")?.protocol !== "https:";
}

/** Without a URL it still quotes, and sends nothing. The API key is read at every request. */
function gatewayClient(settings, store) {
  const { url } = settings.gateway();
  const apiKey = () => (isGatewayUrl(url) ? settings.gateway().apiKey : "");
  return createFilmgate({
    gateway: { url: isGatewayUrl(url) ? url : "https://gateway.invalid", apiKey },
    store,
  });
}

/** Whether the client accepts this gateway URL: no credentials, query or fragment. */
export function isGatewayUrl(text) {
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

/** The simulator is a separate module, loaded once and only if it is needed. */
function openSimulator() {
  simulator ??= import("./simulator.js").then((module) => module.openSimulator());
  return simulator;
}
