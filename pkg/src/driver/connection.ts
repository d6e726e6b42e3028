import * as core from "../core/core.js";
import { Limiter } from "./limiter.js";
import { browserMayResend, oneShotRequest } from "./one-shot-body.js";
import type { OneShotRequest } from "./one-shot-body.js";
import { PollBatcher } from "./poll-batcher.js";
import type { FilmgateOptions, ProviderId, ProviderSettings } from "../types/index.js";

/** The environment variables with the API keys. */
const ENVIRONMENT: Record<ProviderId, string> = {
  runpod: "RUNPOD_API_KEY",
  runware: "RUNWARE_API_KEY",
};

/** The number of connections that a browser opens to one host over HTTP/1.1. */
const DEFAULT_CONCURRENCY = 6;
/** A submit that is sent twice there creates two jobs. Not even the browser may repeat it. */
const NOT_IDEMPOTENT: ProviderId = "runpod";
const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/i;
/** A long poll occupies a connection, so that only the first few jobs use it. */
const MAX_LONG_POLLS = 3;

/** The connection to one provider. Nothing else holds its API key. */
export class Connection {
  /** Number of running jobs. */
  jobs = 0;
  readonly limiter: Limiter;
  readonly batcher = new PollBatcher(this);
  readonly baseURL: string;
  readonly #provider: ProviderId;
  readonly #options: FilmgateOptions;
  readonly #settings: ProviderSettings;
  readonly #concurrency: number;

  constructor(provider: ProviderId, options: FilmgateOptions) {
    const settings = options[provider] ?? {};
    this.baseURL = settings.baseURL ?? core.baseURL(provider) ?? "";
    this.#provider = provider;
    this.#options = options;
    this.#settings = settings;
    this.#concurrency = concurrencyOf(settings.maxConcurrency);
    this.limiter = new Limiter(this.#concurrency);
  }

  /** Whether requests can be sent: there is an API key, or `baseURL` is a proxy that adds one. */
  get ready(): boolean {
    return Boolean(this.#key || this.#settings.baseURL);
  }

  /** Whether one more job may use long polls. */
  get hasRoomForLongPoll(): boolean {
    const max = Math.min(MAX_LONG_POLLS, this.#concurrency - 1);
    return this.#settings.longPoll !== false && this.jobs < max;
  }

  /** Whether nothing can be sent. A browser that reports "offline" is right; one that reports "online" may be wrong. */
  get isOffline(): boolean {
    // Servers on this machine need no network, and a custom `fetch` may need none.
    const needsNoNetwork = Boolean(this.#options.fetch) || LOOPBACK.test(this.baseURL);
    return globalThis.navigator?.onLine === false && !needsNoNetwork;
  }

  async headers(): Promise<Headers> {
    const apiKey = this.#key;
    const token = typeof apiKey === "function" ? await apiKey() : apiKey;
    if (!token && !this.#settings.baseURL) {
      throw new Error(`No API key for ${this.#provider}. Set \`${this.#provider}.apiKey\`.`);
    }
    return headersOf(this.#provider, token, this.#settings.headers);
  }

  /** The request in a form that a browser cannot repeat, if the browser might and that would be billed twice. */
  async singleUse(request: Request): Promise<OneShotRequest | undefined> {
    // A stream requires HTTP/2, which browsers use over TLS only. A custom `fetch` is the caller's concern.
    const isExposed = this.#provider === NOT_IDEMPOTENT && request.url.startsWith("https:");
    const { disableStreamingUpload } = this.#settings;
    if (!isExposed || disableStreamingUpload || this.#options.fetch || !browserMayResend()) return undefined;
    return oneShotRequest(request);
  }

  async fetch(request: Request): Promise<Response> {
    return (this.#options.fetch ?? globalThis.fetch)(request);
  }

  get #key(): ProviderSettings["apiKey"] {
    return this.#settings.apiKey || environment(ENVIRONMENT[this.#provider]);
  }
}

function concurrencyOf(max: number | undefined): number {
  return max !== undefined && max >= 1 ? Math.floor(max) : DEFAULT_CONCURRENCY;
}

function headersOf(provider: ProviderId, token: unknown, more: Record<string, string> = {}): Headers {
  try {
    const headers = new Headers(more);
    headers.set("content-type", "application/json");
    if (token) headers.set("authorization", `Bearer ${token}`);
    return headers;
  } catch {
    // The platform's error quotes the header, and with it the key.
    throw new TypeError(
      `The API key for ${provider}, or one of \`${provider}.headers\`, contains a character that HTTP headers do not allow.`,
    );
  }
}

/** Not all runtimes have environment variables, and Deno may deny access. */
function environment(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return process?.env?.[name] || undefined;
  } catch {
    return undefined;
  }
}
