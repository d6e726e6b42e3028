import { Clock } from "./clock.js";
import * as glue from "./glue.js";
import { isPage, mayRead, needsPreflight, networkError, refusal, responseOf } from "./network.js";
import type { Reply } from "./network.js";
import { Post } from "./post.js";
import type { Ledger, Simulator, SimulatorConfig, SimulatorOptions } from "./types.js";

const REAL = {
  "https://api.runpod.ai/v2": "/runpod/v2",
  "https://api.runware.ai/v1": "/runware/v1",
};

let isLoaded = false;

export function openSimulator(
  makeModule: () => WebAssembly.Module,
  options: SimulatorOptions,
): Simulator {
  if (!isLoaded) glue.initSync({ module: makeModule() });
  isLoaded = true;

  const { jobDurationMs = 1_000, seed = 1, origin = "https://simulator.invalid", config = {} } = options;
  const { onWebhook, transact = async (change) => change() } = options;
  const base = new URL(origin).origin;
  const number = glue.open(JSON.stringify({ jobDurationMs, ...config }), seed, base);
  const clock = new Clock();
  const post = onWebhook && new Post(number, onWebhook, transact);

  /** One request, read and carried out; waiting and answering come afterwards. */
  async function carryOut(request: Omit<Asked, "path"> & { path: string }): Promise<Reply> {
    let reply: Reply | undefined;
    await transact(() => {
      reply = handle(number, request);
    });
    post?.arrange();
    if (!reply) throw new Error("`transact` has not made the change.");
    return reply;
  }

  const simulatedFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url, signal } = request;
    signal.throwIfAborted();
    const path = pathOf(url, base);
    if (path === undefined) throw refusal(url);
    const headers = [...request.headers];
    const body = new Uint8Array(await request.arrayBuffer());
    signal.throwIfAborted();
    if (isPage() && needsPreflight(request)) {
      const names = [...request.headers.keys()].join(", ");
      const asked: [string, string][] = [["access-control-request-headers", names]];
      const preflight = await carryOut({ method: "OPTIONS", path, headers: asked, body: NOTHING });
      if (!mayRead(preflight)) throw networkError();
    }
    const reply = await carryOut({ method, path, headers, body });
    await clock.wait(reply.afterMs, signal);
    if (reply.status === undefined || (isPage() && !mayRead(reply))) throw networkError();
    return responseOf(reply, method, url);
  };

  function control(what: string, body?: unknown): unknown {
    const path = `/control/${what}`;
    const method = body === undefined ? "GET" : "POST";
    const reply = handle(number, { method, path, headers: [], body: bytesOf(body) });
    post?.arrange();
    const answer = JSON.parse(new TextDecoder().decode(reply.body));
    if (reply.status !== 200) throw new TypeError(answer.error);
    return answer;
  }

  const ledger = () => control("ledger") as Ledger;
  const apiKey = "simulated";
  return {
    fetch: simulatedFetch,
    options: {
      fetch: simulatedFetch,
      runpod: { apiKey, baseURL: `${base}/runpod/v2` },
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
    snapshot: () => glue.snapshot(number),
    restore(text) {
      if (!glue.restore(number, text)) throw new TypeError("This is not a simulator's snapshot.");
      post?.arrange();
    },
    close() {
      post?.close();
      glue.close(number);
    },
  };
}

interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: [string, string][];
  body: Uint8Array;
}

const NOTHING = new Uint8Array();

function handle(number: number, { method, path, headers, body }: Asked): Reply {
  const [pathname = "", query = ""] = path.split("?", 2);
  return glue.handle(number, Date.now(), method, pathname, query, headers, body) as Reply;
}

function bytesOf(body: unknown): Uint8Array {
  return body === undefined ? NOTHING : new TextEncoder().encode(JSON.stringify(body));
}

/** The simulator's own path for an address, where it is one that is simulated. */
function pathOf(address: string, base: string): string | undefined {
  const { origin, pathname, search } = new URL(address);
  if (origin === base) return pathname + search;
  for (const [real, path] of Object.entries(REAL)) {
    const whole = origin + pathname;
    if (whole === real || whole.startsWith(`${real}/`)) return path + whole.slice(real.length) + search;
  }
  return undefined;
}
