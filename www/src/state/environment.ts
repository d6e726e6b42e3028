// The four environments a video can be generated in, and a client for each. Every environment has
// its own store, so that a simulated job is never looked up at a real provider.

import { computed, untracked } from "@preact/signals";
import type { Filmgate, JobClient, ProviderId, Quote, Store, ValidationResult, Video, VideoRequest } from "filmgate";
import { core, gatewayCore } from "./core.js";
import type { Core, GatewayCore } from "./core.js";
import type { PageSimulator } from "./simulator-module.js";
import { withNotes } from "./notes.js";
import type { ShownError } from "../text/messages.js";
import { connection, gatewayOf, gatewayUrlIssue, isGatewayUrl, liveOf, local, settings } from "./settings.js";
import type { EnvironmentId } from "./settings.js";

export const ENVIRONMENT_NAMES: Record<EnvironmentId, string> = {
  page: "Simulated",
  local: "Simulated, local server",
  live: "My keys",
  gateway: "Gateway",
};

export interface Environment {
  id: EnvironmentId;
  client: JobClient;
  /** All problems of a request. Rejects where a gateway has to be asked and does not answer. */
  validate(request: VideoRequest): Promise<ValidationResult>;
  /** The price at each listing; rejects as `validate` does. */
  quote(request: VideoRequest): Promise<readonly Quote[]>;
  /** Prices come over the network. */
  isRemote?: boolean;
  /** Requests cannot be sent for now. */
  lacksKey(provider?: ProviderId): boolean;
  /** A video may be played from its own URL. */
  playsFromUrl: boolean;
  /** The gateway stores this video and can sign a new URL. */
  archives?(video: Video): boolean;
  /** Every tab polls each job. */
  isShared?: boolean;
  /** This browser may send a submit to RunPod twice by itself. */
  mayResend?: boolean;
  /** Nothing is paid. */
  isSimulated?: boolean;
}

/** Off: a long poll returns only at the end of a job, and this page shows progress. */
const LONG_POLL = false;
// A simulator accepts any key.
const ANY_KEY = "simulated";
const SIMULATED_ORIGIN = "https://simulator.invalid";

/** The chosen environment, once filmgate is loaded. */
export const environment = computed<Environment | undefined>(() => {
  const { id } = connection.value;
  if (id === "gateway") {
    const loaded = gatewayCore.value;
    return loaded && untracked(() => gatewayEnvironment(loaded));
  }
  const loaded = core.value;
  return loaded && untracked(() => createEnvironment(loaded, id));
});

const stores = new Map<EnvironmentId, Store>();

type Stores = Pick<Core, "indexedDbStore">;

function storeOf({ indexedDbStore }: Stores, id: EnvironmentId): Store {
  const known = stores.get(id);
  if (known) return known;
  const store = withNotes(indexedDbStore(`filmgate-${id}`));
  stores.set(id, store);
  return store;
}

/** The number of jobs of an environment that have not ended. */
export async function countPending(id: EnvironmentId): Promise<number> {
  const loaded = core.value ?? gatewayCore.value;
  const entries = loaded ? await storeOf(loaded, id).list() : [];
  const handles = entries.map(({ record }) => record.handle).filter(({ endedAt }) => endedAt === undefined);
  // Those of another gateway are not shown here.
  return id === "gateway" ? handles.filter(({ gateway }) => gateway === plainUrl(gatewayOf().url)).length : handles.length;
}

function createEnvironment(loaded: Core, id: Exclude<EnvironmentId, "gateway">): Environment {
  const store = storeOf(loaded, id);
  if (id === "live") return liveEnvironment(loaded, store);
  const urls = (id === "local" && local) || { runpod: `${SIMULATED_ORIGIN}/runpod/v2`, runware: `${SIMULATED_ORIGIN}/runware/v1` };
  const client = loaded.createFilmgate({
    // Nothing is paid there, and the local simulator closes each connection, so that nothing is resent on it.
    runpod: { apiKey: ANY_KEY, baseURL: urls.runpod, longPoll: LONG_POLL, acceptResendRisk: true },
    runware: { apiKey: ANY_KEY, baseURL: urls.runware },
    allowPrivateHosts: true,
    fetch: id === "page" ? simulatedFetch : undefined,
    store,
  });
  return { id, ...offline(client), playsFromUrl: id === "local", lacksKey: () => false, isSimulated: true };
}

/** A client that has the module needs no server's answer. */
const offline = (client: Filmgate) => ({
  client,
  validate: async (request: VideoRequest) => client.validate(request),
  quote: async (request: VideoRequest) => client.quote(request, { details: true }),
});

function liveEnvironment(loaded: Core, store: Store): Environment {
  const client = loaded.createFilmgate({
    runpod: { ...liveSettings("runpod"), acceptResendRisk: settings.acceptsResend.value },
    runware: liveSettings("runware"),
    store,
  });
  const hasNoKey = (provider: ProviderId) => liveOf(provider).apiKey === undefined;
  return {
    id: "live",
    ...offline(client),
    playsFromUrl: true,
    lacksKey: (provider) => (provider ? hasNoKey(provider) : hasNoKey("runpod") && hasNoKey("runware")),
    mayResend: mayResend(loaded),
  };
}

/** A proxy may add its own key. */
function liveSettings(provider: ProviderId) {
  const { apiKey, baseURL } = liveOf(provider);
  const keyOf = keyReader(() => ({ apiKey: liveOf(provider).apiKey, url: liveOf(provider).baseURL }));
  // While a URL is half typed, nothing is sent.
  const url = baseURL === undefined || isGatewayUrl(baseURL) ? baseURL : "https://proxy.invalid";
  return { apiKey: apiKey || baseURL ? keyOf : undefined, baseURL: url, longPoll: LONG_POLL };
}

/**
 * Reads the key at every request, so that a running job continues with a corrected one. A client keeps its URL: once another
 * URL is entered, it continues with the last key of its own, because the new key is not meant for the old host.
 */
function keyReader(read: () => { apiKey?: string; url?: string }): () => string {
  const { url, apiKey = "" } = read();
  let last = apiKey;
  return () => {
    const { url: newest, apiKey: current = "" } = read();
    if (newest === url) last = current;
    return last;
  };
}

/** Chromium sends a submit once over HTTP/2, which needs TLS; other browsers never do. */
function mayResend({ canStream }: Core): boolean {
  const url = liveOf("runpod").baseURL ?? "https://api.runpod.ai";
  return !canStream() || !URL.canParse(url) || new URL(url).protocol !== "https:";
}

function gatewayEnvironment({ createGatewayClient, indexedDbStore }: GatewayCore): Environment {
  const { url } = gatewayOf();
  const isUrl = isGatewayUrl(url);
  const lacksKey = () => !isUrl || !gatewayOf().apiKey;
  const client = createGatewayClient({
    // Without a URL nothing is sent.
    url: isUrl ? url : "https://gateway.invalid",
    apiKey: keyReader(gatewayOf),
    store: storeOf({ indexedDbStore }, "gateway"),
  });
  const ask = async <T>(answer: () => Promise<T>): Promise<T> => {
    const issue = url && gatewayOf().apiKey ? gatewayUrlIssue(url) : MISSING_GATEWAY;
    if (issue) throw { code: "missing_api_key", message: issue, charge: "none" } satisfies ShownError;
    return answer();
  };
  return {
    id: "gateway",
    client,
    validate: (request) => ask(() => client.validate(request)),
    quote: (request) => ask(() => client.quote(request)),
    isRemote: true,
    playsFromUrl: true,
    archives: (video) => video.url?.startsWith(plainUrl(url)) === true,
    isShared: true,
    lacksKey,
  };
}

/** The URL as the client notes it. */
function plainUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/+$/, "");
}

const MISSING_GATEWAY = "The gateway computes the prices, and its URL or API key is missing.";

let simulator: Promise<PageSimulator> | undefined;

/** The simulator in this page, loaded once and only if it is needed. */
export function pageSimulator(): Promise<PageSimulator> {
  simulator ??= import("./simulator-module.js").then((module) => module.createPageSimulator());
  simulator.catch(() => (simulator = undefined));
  return simulator;
}

const simulatedFetch: typeof fetch = async (input, init) => (await pageSimulator()).simulator.fetch(input, init);
