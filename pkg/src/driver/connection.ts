import * as core from "../core/core.js";
import { Limiter } from "./limiter.js";
import { canStream, isBrowser, oneShotRequest } from "./one-shot-body.js";
import type { OneShotRequest } from "./one-shot-body.js";
import { PollBatcher } from "./poll-batcher.js";
import { FilmgateError } from "../error.js";
import { SecretMask } from "../util/mask-secrets.js";
import type { FilmgateOptions, ProviderId, ProviderSettings } from "../types/index.js";

/** The environment variables with the API keys. */
const ENVIRONMENT: Record<ProviderId, string> = {
  runpod: "RUNPOD_API_KEY",
  runware: "RUNWARE_API_KEY",
};

/** The number of connections that a browser opens to one host over HTTP/1.1. */
const DEFAULT_CONCURRENCY = 6;
/** A submit that is sent twice there creates two jobs. Not even the runtime may repeat it. */
const NOT_IDEMPOTENT: ProviderId = "runpod";
/** Headers of the caller's that may hold a secret. */
const SECRET_HEADER = /auth|cookie|key|secret|token/i;
/** A part of a proxy's path that may be a token: long, and not a word alone. */
const SECRET_PART = /^(?=.*\d).{16,}$/;
const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/i;
/** A long poll occupies a connection, so that only the first few jobs use it. */
const MAX_LONG_POLLS = 3;

/** An option of the gateway alone. In place of a `fetch` of its own: an unread body still proves that nothing was sent. */
export interface AnswerOptions {
  readonly boundAnswer?: (response: Response) => Response;
}

/** The connection to one provider. Nothing else holds its API key. */
export class Connection {
  /** Number of running jobs. */
  jobs = 0;
  readonly limiter: Limiter;
  readonly batcher = new PollBatcher(this);
  readonly baseURL: string;
  readonly #provider: ProviderId;
  readonly #options: FilmgateOptions & AnswerOptions;
  readonly #settings: ProviderSettings;
  readonly #concurrency: number;
  readonly #secrets = new SecretMask();
  readonly #pathSecrets = new SecretMask();

  constructor(provider: ProviderId, options: FilmgateOptions & AnswerOptions) {
    const settings = options[provider] ?? {};
    this.baseURL = String(settings.baseURL ?? core.baseURL(provider) ?? "");
    for (const part of this.baseURL.split("/").slice(3)) if (SECRET_PART.test(part)) this.#pathSecrets.add(part);
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
    const token = trimmed(typeof apiKey === "function" ? await apiKey() : apiKey);
    if (token != null && typeof token !== "string") {
      throw new TypeError(`\`${this.#provider}.apiKey\` must return a string.`);
    }
    this.#secrets.add(token);
    const headers = headersOf(this.#provider, token, this.#settings.headers);
    for (const [name, value] of headers) {
      if (!SECRET_HEADER.test(name)) continue;
      // The scheme is no part of the secret.
      this.#secrets.add(value.replace(/^(basic|bearer|token|key)\s+/i, ""));
    }
    if (!token && !this.#settings.baseURL) {
      throw new Error(`No API key for ${this.#provider}. Set \`${this.#provider}.apiKey\`.`);
    }
    return headers;
  }

  /** Why nothing may be submitted now; `undefined` if a submit may be sent. */
  refusal(): FilmgateError | undefined {
    const provider = this.#provider;
    if (this.isOffline) {
      const message = "You are offline; nothing was sent. Submit again when there is a connection.";
      return new FilmgateError({ code: "connection_error", message, provider, retryable: true });
    }
    if (provider !== NOT_IDEMPOTENT || this.#settings.acceptResendRisk || this.#canSendOnce()) return undefined;
    const message =
      "This browser may send the submit twice by itself if the connection breaks, and RunPod would bill both. Nothing " +
      "was sent. Use a gateway, or a `baseURL` with https and HTTP/2 in a browser that streams requests (Chromium), or " +
      "accept the risk with `runpod.acceptResendRisk`.";
    const path = "runpod.acceptResendRisk";
    const issues = [{ severity: "error", path, code: "required", message, provider } as const];
    return new FilmgateError({ code: "invalid_request", message, provider, issues });
  }

  /** The request in a form that the runtime cannot repeat, if a second one would be billed. */
  async singleUse(request: Request): Promise<OneShotRequest | undefined> {
    if (this.#provider !== NOT_IDEMPOTENT || this.#settings.acceptResendRisk || !this.#canSendOnce()) return undefined;
    return oneShotRequest(request);
  }

  /** Whether a stream can be sent. Browsers send one over HTTP/2 only, which they use over TLS only. */
  #canSendOnce(): boolean {
    return canStream() && (!isBrowser() || isEncrypted(this.baseURL));
  }

  /** Whether a body that was not read proves that nothing was sent. A custom `fetch` may have the text from elsewhere. */
  get provesUnsent(): boolean {
    return !this.#options.fetch;
  }

  /** The text of a response without the API key; that of an error, without a token of the base URL, which a video's may have. */
  masked(text: string, status: number): string {
    const masked = this.#secrets.text(text);
    return status >= 400 ? this.#pathSecrets.text(masked) : masked;
  }

  /** What was thrown, without the API key. */
  maskedError(thrown: unknown): unknown {
    return this.#pathSecrets.thrown(this.#secrets.thrown(thrown));
  }

  async fetch(request: Request): Promise<Response> {
    const response = await (this.#options.fetch ?? globalThis.fetch)(request);
    return this.#options.boundAnswer?.(response) ?? response;
  }

  get #key(): ProviderSettings["apiKey"] {
    return trimmed(this.#settings.apiKey) || environment(ENVIRONMENT[this.#provider]);
  }
}

/** Whether requests to the URL, which may be relative to a page's, use TLS. */
function isEncrypted(baseURL: string): boolean {
  try {
    return new URL(baseURL, globalThis.location?.href).protocol === "https:";
  } catch {
    return false;
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

/** A key from a file ends with a line's end, and blanks are no key. */
const trimmed = <T>(key: T): T => (typeof key === "string" ? (key.trim() as T) : key);

/** Not all runtimes have environment variables, and Deno may deny access. */
function environment(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return trimmed(process?.env?.[name]) || undefined;
  } catch {
    return undefined;
  }
}
