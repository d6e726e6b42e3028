import { Clock } from "./clock.js";
import * as glue from "./glue.js";
import {
  isCorsReadable,
  isPage,
  needsPreflight,
  networkError,
  responseOf,
  unknownHostError,
} from "./fetch-emulation.js";
import type { SimulatedResponse } from "./fetch-emulation.js";
import type { Ledger, Simulator, SimulatorConfig, SimulatorOptions } from "./types.js";
import { DURATION, FUNCTION, NUMBER, readOptions } from "../util/options.js";
import type { Spec } from "../util/options.js";
import { WebhookSender } from "./webhook-sender.js";

const PROVIDER_URLS = {
  "https://api.runpod.ai/v2": "/runpod/v2",
  "https://api.runware.ai/v1": "/runware/v1",
  "https://content.runware.ai": "/content",
};

const OPTIONS = {
  jobDurationMs: DURATION,
  seed: NUMBER,
  fieldMode: [
    "a boolean, a seed or a list of forms",
    (value) => ["boolean", "number"].includes(typeof value) || Array.isArray(value),
  ],
  config: ["an object", (value) => typeof value === "object"],
  onWebhook: FUNCTION,
  origin: ["an http(s) origin", (value) => /^https?:$/.test(new URL(value).protocol)],
  transact: FUNCTION,
} satisfies Spec;

let isLoaded = false;

function open(config: object, seed: number, base: string): number {
  try {
    return glue.open(JSON.stringify(config), seed, base);
  } catch (error) {
    throw new TypeError(`The simulator's settings are refused: ${(error as Error).message}`);
  }
}

export function openSimulator(
  makeModule: () => WebAssembly.Module,
  given: SimulatorOptions,
): Simulator {
  const options = readOptions<SimulatorOptions>(given, OPTIONS);
  if (!isLoaded) glue.initSync({ module: makeModule() });
  isLoaded = true;

  const { jobDurationMs = 1_000, seed = 1, origin = "https://simulator.invalid", config = {} } = options;
  const { fieldMode = false, onWebhook, transact = async (change) => change() } = options;
  const base = new URL(origin).origin;
  const field = fieldMode === true ? seed : fieldMode || null;
  // JSON has no `undefined`: it is dropped before it would replace a default.
  const settings = JSON.parse(JSON.stringify(config));
  const number = open({ jobDurationMs, fieldMode: field, ...settings }, seed, base);
  const clock = new Clock();
  const sender = onWebhook && new WebhookSender(number, onWebhook, transact);

  function assertOpen(): void {
    if (closed) throw new TypeError("This simulator is closed. Only its ledger can still be read.");
  }

  /** Processes a request. Its delay and its response come later. */
  async function process(request: SimulatedRequest): Promise<SimulatedResponse> {
    assertOpen();
    let response: SimulatedResponse | undefined;
    await transact(() => {
      response = handle(number, request);
    });
    sender?.schedule();
    if (!response) throw new Error("`transact` did not call `change`.");
    return response;
  }

  const simulatedFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url, signal } = request;
    signal.throwIfAborted();
    const path = pathOf(url, base);
    if (path === undefined) throw unknownHostError(url);
    const headers = [...request.headers];
    const body = new Uint8Array(await request.arrayBuffer());
    signal.throwIfAborted();
    if (isPage() && needsPreflight(request)) {
      const names = [...request.headers.keys()].join(", ");
      const preflightHeaders: [string, string][] = [["access-control-request-headers", names]];
      const preflight = await process({ method: "OPTIONS", path, headers: preflightHeaders, body: NO_BYTES });
      if (!isCorsReadable(preflight)) throw networkError();
    }
    const response = await process({ method, path, headers, body });
    await clock.wait(response.afterMs, signal);
    if (response.status === undefined || (isPage() && !isCorsReadable(response))) throw networkError();
    return responseOf(response, method, url);
  };

  function control(command: string, body?: unknown): unknown {
    assertOpen();
    const path = `/control/${command}`;
    const method = body === undefined ? "GET" : "POST";
    const response = handle(number, { method, path, headers: [], body: bytesOf(body) });
    sender?.schedule();
    const json = JSON.parse(new TextDecoder().decode(response.body));
    if (response.status !== 200) throw new TypeError(json.error);
    return json;
  }

  /** The ledger at the end, once the simulator is closed. */
  let closed: Ledger | undefined;
  const ledger = () => closed ?? (control("ledger") as Ledger);
  const apiKey = "simulated";
  return {
    fetch: simulatedFetch,
    options: {
      fetch: simulatedFetch,
      // The simulated network sends nothing, and nothing twice.
      runpod: { apiKey, baseURL: `${base}/runpod/v2`, acceptResendRisk: true },
      runware: { apiKey, baseURL: `${base}/runware/v1` },
    },
    injectFault: (rule) => void control("fault", rule),
    setFaults: (faults = {}) => void control("faults", faults),
    submissions: () => ledger().submissions,
    charges: () => ledger().charges,
    ledger,
    configure: (change = {}) => control("config", change) as SimulatorConfig,
    advance(ms) {
      control("advance", { ms });
      clock.advance(ms);
    },
    reset: () => void control("reset", {}),
    snapshot() {
      assertOpen();
      return glue.snapshot(number);
    },
    restore(text) {
      assertOpen();
      if (!glue.restore(number, text)) throw new TypeError("`restore` expects a text from `snapshot`.");
      sender?.schedule();
    },
    close() {
      if (closed) return;
      closed = ledger();
      sender?.close();
      glue.close(number);
    },
  };
}

interface SimulatedRequest {
  method: string;
  /** Including the query. */
  path: string;
  headers: [string, string][];
  body: Uint8Array;
}

const NO_BYTES = new Uint8Array();

function handle(number: number, { method, path, headers, body }: SimulatedRequest): SimulatedResponse {
  const [pathname = "", query = ""] = path.split("?", 2);
  return glue.handle(number, Date.now(), method, pathname, query, headers, body) as SimulatedResponse;
}

function bytesOf(body: unknown): Uint8Array {
  return body === undefined ? NO_BYTES : new TextEncoder().encode(JSON.stringify(body));
}

/** The simulator's path for a URL, or undefined if the URL is not simulated. */
function pathOf(address: string, base: string): string | undefined {
  const { origin, pathname, search } = new URL(address);
  if (origin === base) return pathname + search;
  for (const [real, path] of Object.entries(PROVIDER_URLS)) {
    const whole = origin + pathname;
    if (whole === real || whole.startsWith(`${real}/`)) return path + whole.slice(real.length) + search;
  }
  return undefined;
}
