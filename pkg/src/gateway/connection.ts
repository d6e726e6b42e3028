import { linkedController } from "../util/abort.js";
import { DEFAULT_REQUEST_TIMEOUT_MS } from "../client/options.js";
import { FilmgateError } from "../error.js";
import { Limiter } from "../driver/limiter.js";
import { backoffMs, withJitter } from "../util/backoff.js";
import { SecretMask } from "../util/mask-secrets.js";
import { invalidOption } from "../util/options.js";
import { readText } from "../util/read-text.js";
import { retryAfterMs } from "../util/retry-after.js";
import type { FilmgateOptions, GatewaySettings } from "../types/index.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { orAborted } from "../util/within.js";
import { RetryableError, errorOf } from "./errors.js";

/** The upload speed of a slow connection. */
const SLOW_BYTES_PER_MS = 50;
const BACKOFF = { initialMs: 500, maxMs: 30_000 };
/** The longest response that is read, in bytes. A video is never part of one. */
const MAX_RESPONSE_BYTES = 8 << 20;
/** The number of connections that a browser opens to one host. */
const MAX_CONCURRENCY = 6;

/** A request to the gateway. */
export interface GatewayRequest {
  method?: "GET" | "POST";
  /** After `/v1`. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Called when it is sent. From then on its response is awaited even if the caller aborts. */
  onSent?: () => void;
}

/** A successful response. */
export interface GatewayResponse {
  headers: Headers;
  json: unknown;
}

/** Sends requests to one gateway. Only this class holds its API key, which is sent in a header only. */
export class GatewayConnection {
  readonly url: string;
  /** The number of open streams. */
  streams = 0;
  readonly #apiKey: GatewaySettings["apiKey"];
  readonly #fetch: typeof globalThis.fetch | undefined;
  readonly #limitMs: number;
  readonly #isUnconnected: (thrown: unknown) => boolean;
  readonly #secrets = new SecretMask();
  // The gateway limits creates and reads separately, so each kind has its own limiter.
  readonly #creates = new Limiter(MAX_CONCURRENCY);
  readonly #reads = new Limiter(MAX_CONCURRENCY);

  /** `isUnconnected`: whether what a `fetch` has thrown proves that nothing was sent. */
  constructor(
    { url, apiKey }: GatewaySettings,
    { fetch, requestTimeoutMs }: FilmgateOptions,
    isUnconnected: (thrown: unknown) => boolean,
  ) {
    this.url = plainUrl(url);
    this.#apiKey = apiKey;
    this.#fetch = fetch;
    this.#isUnconnected = isUnconnected;
    this.#limitMs = requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
  }

  /** Sends once. @throws a `RetryableError`, a `FilmgateError` if it is rejected, or the signal's reason. */
  async send(request: GatewayRequest, signal: AbortSignal): Promise<GatewayResponse> {
    const { body = "", headers, onSent } = request;
    const limiter = headers?.["idempotency-key"] ? this.#creates : this.#reads;
    signal.throwIfAborted();
    const slot = await limiter.wait(signal);
    const { controller, unlisten } = linkedController(onSent ? undefined : signal);
    const limitMs = this.#limitMs + body.length / SLOW_BYTES_PER_MS;
    const timer = setTimeout(() => controller.abort(), Math.min(limitMs, MAX_TIMER_MS));
    try {
      signal.throwIfAborted();
      const response = await this.open(request, controller.signal, signal);
      const { status } = response;
      const retryAfter = String(response.headers.get("retry-after") ?? "");
      slot?.report(status, retryAfter);
      const text = await orAborted(readText(response, MAX_RESPONSE_BYTES), controller.signal).catch((cause: unknown) => {
        throw this.#connectionError(cause);
      });
      const json = parsed(this.#secrets.text(text ?? ""));
      if (response.ok) return { headers: response.headers, json };
      throw errorOf(status, json, retryAfterMs(retryAfter));
    } catch (error) {
      if (signal.aborted && !onSent) throw signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      unlisten();
      slot?.release();
    }
  }

  /** The response as soon as it arrives, with its body unread. A `fetch` need not heed the signal. */
  async open(
    { method = "GET", path, body, headers, onSent }: GatewayRequest,
    signal: AbortSignal,
    abortSignal = signal,
  ): Promise<Response> {
    const bearer = await orAborted(orAborted(this.#bearer(), signal), abortSignal).catch((cause: unknown) => {
      abortSignal.throwIfAborted();
      if (!signal.aborted) throw cause;
      const message = "The gateway's `apiKey` did not resolve before the timeout. Nothing was sent.";
      throw new RetryableError("connection_error", message, false);
    });
    abortSignal.throwIfAborted();
    onSent?.();
    try {
      const request = new Request(`${this.url}/v1${path}`, {
        method,
        headers: { ...headers, authorization: bearer },
        signal,
        body: body ?? null,
      });
      const fetch = async () => (this.#fetch ?? globalThis.fetch)(request);
      const response = await orAborted(fetch(), signal);
      if (typeof response?.headers?.get === "function") return response;
      throw new TypeError("`fetch` did not return a `Response`.");
    } catch (cause) {
      throw this.#connectionError(cause);
    }
  }

  /** What the gateway sent, without the API key. */
  masked(text: string): string {
    return this.#secrets.text(text);
  }

  #connectionError(thrown: unknown): RetryableError {
    const cause = this.#secrets.thrown(thrown);
    const message = "The gateway did not respond, or the browser blocked its response (CORS).";
    return new RetryableError("connection_error", message, !this.#isUnconnected(cause), 0, cause);
  }

  async #bearer(): Promise<string> {
    const apiKey = this.#apiKey;
    try {
      const text = typeof apiKey === "function" ? await apiKey() : apiKey;
      if (typeof text !== "string" || !text) throw new TypeError("The key is empty, or not a string.");
      this.#secrets.add(text);
      return new Headers({ authorization: `Bearer ${text}` }).get("authorization") ?? "";
    } catch (error) {
      // The platform's own error quotes a header that cannot be sent, and with it the key.
      const cause = typeof apiKey === "function" ? error : undefined;
      const message = "The gateway's API key is missing or invalid. Nothing was sent.";
      throw new FilmgateError({ code: "missing_api_key", message, cause });
    }
  }
}

/** The wait before the next try, after so many consecutive failures. */
export const retryDelayMs = (failures: number): number => withJitter(backoffMs(failures, BACKOFF));

/** The URL as it is stored in handles: without credentials, and without a slash at the end. */
function plainUrl(given: string | URL): string {
  try {
    const { protocol, username, password, search, hash, origin, pathname } = new URL(given);
    if (/^https?:$/.test(protocol) && !(username || password || search || hash)) return origin + pathname.replace(/\/+$/, "");
  } catch {
    // The platform's own error would quote it.
  }
  const message =
    "The gateway's `url` must be an http(s) URL without credentials, query or fragment, such as https://gateway.example.";
  throw invalidOption("gateway.url", "invalid_format", message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
