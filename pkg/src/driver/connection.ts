import { Pool } from "./batch.js";
import { call } from "../core/instance.js";
import { Limiter } from "./limiter.js";
import { needsOnce, once } from "./one-shot-body.js";
import type { Once } from "./one-shot-body.js";
import type { FilmgateOptions, ProviderId, ProviderSettings } from "../types/index.js";

const ENVIRONMENT: Record<ProviderId, string> = {
  runpod: "RUNPOD_API_KEY",
  runware: "RUNWARE_API_KEY",
};

/** As many as a browser has to one host. */
const CONCURRENCY = 6;
/** A repeated submit is a second job there: nothing may send it twice, not even the browser. */
const MAKES_TWO: ProviderId = "runpod";
const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/i;
/** A long poll holds its connection, so that only the first few jobs may have one. */
const MOST_LONG_POLLS = 3;

/** How one provider is reached. The only place that holds a key. */
export class Connection {
  /** The jobs that run here. */
  jobs = 0;
  readonly limiter: Limiter;
  readonly pool = new Pool(this);
  readonly baseURL: string;
  readonly #provider: ProviderId;
  readonly #options: FilmgateOptions;
  readonly #settings: ProviderSettings;
  readonly #concurrency: number;

  constructor(provider: ProviderId, options: FilmgateOptions) {
    const settings = options[provider] ?? {};
    this.baseURL = settings.baseURL ?? call((core) => core.baseURL(provider)) ?? "";
    this.#provider = provider;
    this.#options = options;
    this.#settings = settings;
    this.#concurrency = atLeastOne(settings.maxConcurrency);
    this.limiter = new Limiter(this.#concurrency);
  }

  /** Whether requests can be sent: there is a key, or the base address is a gateway that adds one. */
  get ready(): boolean {
    return Boolean(this.#key || this.#settings.baseURL);
  }

  /** Whether one more job may hold a connection until there is news. */
  get hasRoomForLongPoll(): boolean {
    const most = Math.min(MOST_LONG_POLLS, this.#concurrency - 1);
    return this.#settings.longPoll !== false && this.jobs < most;
  }

  /** Whether it is certain that nothing can be sent: browsers err on the other side only. */
  get isOffline(): boolean {
    // This machine's own servers need no network, and a `fetch` of the caller's may need none.
    const needsNone = Boolean(this.#options.fetch) || LOOPBACK.test(this.baseURL);
    return globalThis.navigator?.onLine === false && !needsNone;
  }

  async headers(): Promise<Headers> {
    const given = this.#key;
    const token = typeof given === "function" ? await given() : given;
    if (!token && !this.#settings.baseURL) {
      throw new Error(`There is no key for ${this.#provider}.`);
    }
    return headers(this.#provider, token, this.#settings.headers);
  }

  /** The request as a browser cannot repeat it, where it otherwise might, and that costs. */
  async guard(request: Request): Promise<Once | undefined> {
    // A stream wants HTTP/2, which browsers speak over TLS alone. A `fetch` of the caller's is theirs.
    const isExposed = this.#provider === MAKES_TWO && request.url.startsWith("https:");
    if (!isExposed || this.#settings.disableStreamingUpload || this.#options.fetch || !needsOnce()) return undefined;
    return once(request);
  }

  async fetch(request: Request): Promise<Response> {
    return (this.#options.fetch ?? globalThis.fetch)(request);
  }

  get #key(): ProviderSettings["apiKey"] {
    return this.#settings.apiKey || environment(ENVIRONMENT[this.#provider]);
  }
}

function atLeastOne(wanted: number | undefined): number {
  return wanted !== undefined && wanted >= 1 ? Math.floor(wanted) : CONCURRENCY;
}

function headers(provider: ProviderId, token: unknown, more: Record<string, string> = {}): Headers {
  try {
    const headers = new Headers(more);
    headers.set("content-type", "application/json");
    if (token) headers.set("authorization", `Bearer ${token}`);
    return headers;
  } catch {
    // The platform's own error quotes the header, and with it the key.
    throw new TypeError(
      `The key for ${provider}, or a header, holds a character that HTTP cannot send.`,
    );
  }
}

/** Runtimes without an environment have none to read, and Deno may refuse it. */
function environment(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return process?.env?.[name] || undefined;
  } catch {
    return undefined;
  }
}
