import { linkedController, onAbort } from "../util/abort.js";
import { DEFAULT_REQUEST_TIMEOUT_MS } from "../client/base.js";
import { FilmgateError } from "../error.js";
import { isUnconnected } from "../driver/http-request.js";
import { Limiter } from "../driver/limiter.js";
import { retryAfterMs } from "../util/retry-after.js";
import type { FilmgateOptions, GatewaySettings } from "../types/index.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { Trouble, refusalOf } from "./trouble.js";

/** A slow line brings this much of a picture in a millisecond. */
const SLOW_BYTES_PER_MS = 50;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** As many as a browser has to one host. */
const CONCURRENCY = 6;

/** A question to the gateway. */
export interface Question {
  method?: "GET" | "POST";
  /** After `/v1/videos`. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Called when it leaves. From then on its answer is heard, whoever stops waiting. */
  left?: () => void;
}

/** An answer that is no refusal. */
export interface Answer {
  headers: Headers;
  json: unknown;
}

/** The way to one gateway. The only place that holds its token, and that stands in a header alone. */
export class Line {
  readonly url: string;
  /** The streams that are open. */
  streams = 0;
  readonly #token: GatewaySettings["token"];
  readonly #fetch: typeof globalThis.fetch | undefined;
  readonly #limitMs: number;
  // The gateway counts orders and questions apart: too many of one kind are no reason to stop the other.
  readonly #orders = new Limiter(CONCURRENCY);
  readonly #questions = new Limiter(CONCURRENCY);

  constructor({ url, token }: GatewaySettings, { fetch, requestTimeoutMs }: FilmgateOptions) {
    this.url = plainUrl(url);
    this.#token = token;
    this.#fetch = fetch;
    this.#limitMs = requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
  }

  /** Asks once. What is thrown: a `Trouble`, a `FilmgateError` where it is refused, or the signal's reason. */
  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const { body = "", headers, left } = question;
    const limiter = headers?.["idempotency-key"] ? this.#orders : this.#questions;
    signal.throwIfAborted();
    const place = await limiter.wait(signal);
    const { controller, unlisten } = linkedController(left ? undefined : signal);
    const limitMs = this.#limitMs + body.length / SLOW_BYTES_PER_MS;
    const timer = setTimeout(() => controller.abort(), Math.min(limitMs, MAX_TIMER_MS));
    try {
      signal.throwIfAborted();
      const answer = await this.open(question, controller.signal, signal);
      const { status } = answer;
      place?.report(status, answer.headers.get("retry-after"));
      const text = await answer.text().catch((cause: unknown) => {
        throw unanswered(cause);
      });
      if (answer.ok) return { headers: answer.headers, json: parsed(text) };
      throw refusalOf(status, parsed(text), retryAfterMs(answer.headers.get("retry-after")));
    } catch (error) {
      if (signal.aborted && !left) throw signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      unlisten();
      place?.release();
    }
  }

  /** The answer as it comes, its body unread. */
  async open(
    { method = "GET", path, body, headers, left }: Question,
    signal: AbortSignal,
    unlessStopped = signal,
  ): Promise<Response> {
    const bearer = await this.#bearer();
    unlessStopped.throwIfAborted();
    left?.();
    try {
      return await (this.#fetch ?? globalThis.fetch)(
        new Request(`${this.url}/v1/videos${path}`, {
          method,
          headers: { ...headers, authorization: bearer },
          signal,
          ...(body !== undefined && { body }),
        }),
      );
    } catch (cause) {
      throw unanswered(cause);
    }
  }

  async #bearer(): Promise<string> {
    const token = this.#token;
    try {
      const text = typeof token === "function" ? await token() : token;
      if (!text) throw new TypeError("It is empty.");
      return new Headers({ authorization: `Bearer ${text}` }).get("authorization") ?? "";
    } catch (error) {
      // The platform's own error quotes a header that cannot be sent, and with it the token.
      const cause = typeof token === "function" ? error : undefined;
      const message = "There is no token that could be sent to the gateway. Nothing was sent.";
      throw new FilmgateError({ code: "missing_api_key", message, cause });
    }
  }
}

/** Longer from time to time, and never at the same moment as everybody else. */
export function backOff(tries: number): number {
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(tries - 1, 0), LONGEST_PAUSE_MS);
  return ms * (0.5 + Math.random() / 2);
}

/** Resolves after that time; rejects with the signal's reason where that comes first. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const unlisten = onAbort(signal, stop);
    const timer = setTimeout(() => {
      unlisten();
      resolve();
    }, Math.min(ms, MAX_TIMER_MS));
    if (signal.aborted) stop();
  });
}

/** The address as it may stand in a handle: without credentials, and without a slash at the end. */
function plainUrl(given: string | URL): string {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    // The platform's own error would quote it.
    throw new TypeError("The gateway's `url` is no address.");
  }
  const { protocol, username, password, search, hash, origin, pathname } = url;
  if (!/^https?:$/.test(protocol) || username || password || search || hash) {
    throw new TypeError("The gateway's `url` is an address such as https://films.example, and no more.");
  }
  return origin + pathname.replace(/\/+$/, "");
}

function unanswered(cause: unknown): Trouble {
  const message = "The gateway did not answer, or a browser refused its answer (CORS).";
  return new Trouble("connection_error", message, !isUnconnected(cause), 0, cause);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
