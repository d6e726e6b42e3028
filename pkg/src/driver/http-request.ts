import { send } from "../core/core.js";
import type { Connection } from "./connection.js";
import type { Slot } from "./limiter.js";
import type { OneShotRequest } from "./one-shot-body.js";
import { retryAfterOf } from "../util/retry-after.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { isRequestAsUrl, isUnconnected } from "../util/unconnected.js";
import type { ResponseInput, TransportError } from "../core/protocol.js";

/** A timer that fires this late was suspended: the laptop slept, or the page was frozen. */
const MAX_TIMER_DELAY_MS = 1_000;

/** A request that must be sent immediately is not sent after this, for example because the API key came late. */
const MAX_IMMEDIATE_MS = 1_000;

/** The longest response that is read, in bytes after decompression. */
export const MAX_RESPONSE_BYTES = 8 << 20;
/** The same of one that may hold a video: RunPod's workers return up to 20 MB, as Base64. */
export const MAX_RESULT_BYTES = 32 << 20;

/** The end of a request. */
export type RequestResult = Omit<ResponseInput, "id"> | Omit<TransportError, "id">;

/** What to send, and who is notified. */
export interface RequestSpec {
  readonly path: string;
  /** Headers beside those of the connection. */
  readonly headers?: Record<string, string>;
  /** Time limit in milliseconds, from when it is sent. */
  readonly limitMs: number;
  /** Time limit in the queue, in milliseconds. */
  readonly maxQueueMs: number;
  readonly isPriority: boolean;
  /** Fails if it cannot be sent immediately. */
  readonly sendNowOrFail: boolean;
  /** The longest response that is read, in bytes. */
  readonly maxBytes: number;
  /** The body, requested when it is sent. */
  body(): unknown;
  /** There is no free slot yet. */
  onQueued(): void;
  /** It is sent after it was queued. */
  onSent(): void;
  /** Its end, with what was thrown on the way. */
  onResult(result: RequestResult, thrown?: unknown): void;
}

/** One request, from waiting for a slot to the text of the response, within its time limits. */
export class PendingRequest {
  readonly #connection: Connection;
  readonly #spec: RequestSpec;
  readonly #abort = new AbortController();
  readonly #createdAt = performance.now();
  #withdraw: () => void = () => {};
  #slot: Slot | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSent = false;
  #isFinished = false;
  /** What was passed to `fetch`. */
  #request: Request | undefined;
  /** A clone may be read while this one is not. */
  #isCloned = false;
  /** The submit in the form that a browser cannot repeat. */
  #oneShot: OneShotRequest | undefined;

  /** With a slot of its own it is sent immediately, unless the provider has throttled since. */
  constructor(connection: Connection, spec: RequestSpec, slot?: Slot) {
    this.#connection = connection;
    this.#spec = spec;
    if (slot?.isOpen()) {
      this.#start(slot);
    } else {
      slot?.release();
      this.#queue();
    }
  }

  /** Whether anything may have reached the provider. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Ends the request. If it was not sent yet, it never will be. */
  stop(): void {
    this.#fail(this.#isSent ? "timeout" : "unsent");
    this.#abort.abort();
  }

  #queue(): void {
    const { isPriority, sendNowOrFail } = this.#spec;
    const maxQueueMs = sendNowOrFail ? 0 : this.#spec.maxQueueMs;
    let wasQueued = false;
    this.#withdraw = this.#connection.limiter.acquire(isPriority, (slot) => {
      if (wasQueued) this.#spec.onSent();
      this.#start(slot);
    });
    if (this.#slot) return;
    wasQueued = true;
    this.#spec.onQueued();
    this.#timer = setTimeout(() => this.#queueTimeout(), Math.min(maxQueueMs, MAX_TIMER_MS));
  }

  #queueTimeout(): void {
    const message = "Other requests to the provider used all of `maxConcurrency`, or it throttled them, until the timeout.";
    // A second submit must not be sent later. To any other, this is what HTTP 429 is: it was not processed.
    if (this.#spec.sendNowOrFail) this.#fail("unsent", new Error(message));
    else this.#finish({ type: "response", status: 429, retryAfter: null, text: "" }, new Error(message));
  }

  #start(slot: Slot): void {
    this.#slot = slot;
    this.#startTimeout(false);
    void this.#send(slot, this.#spec.body());
  }

  #startTimeout(isSecond: boolean): void {
    clearTimeout(this.#timer);
    const ms = Math.min(this.#spec.limitMs, MAX_TIMER_MS);
    const due = performance.now() + ms;
    this.#timer = setTimeout(() => {
      // The response may have arrived during the suspension and not be read yet.
      const wasSuspended = performance.now() - due > MAX_TIMER_DELAY_MS;
      if (wasSuspended && !isSecond) this.#startTimeout(true);
      else this.stop();
    }, ms);
  }

  async #send(slot: Slot, body: unknown): Promise<void> {
    try {
      const connection = this.#connection;
      const headers = await connection.headers();
      for (const [name, value] of Object.entries(this.#spec.headers ?? {})) headers.set(name, value);
      const url = connection.baseURL.replace(/\/+$/, "") + this.#spec.path;
      const fetch = (request: Request) => this.#fetch(slot, request);
      const request = { url, headers, body, maxBytes: this.#spec.maxBytes };
      const response = await send(request, fetch, this.#abort.signal);
      this.#finish({ type: "response", ...response, text: connection.masked(response.text, response.status) });
    } catch (error) {
      const wasNotRead = this.#connection.provesUnsent && this.#oneShot?.bodyWasRead() === false;
      const isMisread = this.#isMisread(error);
      const mayBeSent = this.#isSent && !isUnconnected(error) && !wasNotRead && !isMisread;
      const cause = this.#connection.maskedError(error);
      this.#fail(mayBeSent ? "network" : "unsent", isMisread ? misread(cause) : cause);
    }
  }

  /** Whether a custom `fetch` took the request for a URL. One that sends the request reads its body before. */
  #isMisread(error: unknown): boolean {
    const isUnread = this.#oneShot ? !this.#oneShot.bodyWasRead() : this.#request?.bodyUsed === false && !this.#isCloned;
    return isUnread && isRequestAsUrl(error);
  }

  /** Called by the module's transport: the last checks, and the caller's `fetch`. */
  async #fetch(slot: Slot, request: Request): Promise<Response> {
    const connection = this.#connection;
    if (!/^https?:/.test(request.url)) {
      throw new TypeError("`baseURL` is not a valid http(s) URL.");
    }
    if (connection.isOffline) throw new Error("There is no network connection. Nothing was sent.");
    if (this.#spec.isPriority) this.#oneShot = await connection.singleUse(request);
    if (this.#isFinished) throw new Error("The request was stopped before it was sent.");
    if (this.#spec.sendNowOrFail && performance.now() - this.#createdAt > MAX_IMMEDIATE_MS) {
      throw new Error("`apiKey` took too long to resolve. Resubmitting now could be billed twice.");
    }
    this.#isSent = true;
    this.#request = request;
    const clone = request.clone.bind(request);
    Object.defineProperty(request, "clone", { value: () => ((this.#isCloned = true), clone()) });
    const response = await connection.fetch(this.#oneShot?.request ?? request);
    this.#report(slot, response);
    return response;
  }

  /** A custom `fetch` may return anything, and its response must not be lost. */
  #report(slot: Slot, response: Response): void {
    try {
      const { status, headers } = response;
      slot.report(status, retryAfterOf(status, headers));
    } catch {
      // The module's transport reads it, too, and knows what is missing.
    }
  }

  #fail(kind: TransportError["kind"], thrown?: unknown): void {
    this.#finish({ type: "failed", kind }, thrown);
  }

  #finish(result: RequestResult, thrown?: unknown): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    this.#withdraw();
    this.#slot?.release();
    this.#spec.onResult(result, thrown);
  }
}

function misread(cause: unknown): TypeError {
  const message =
    "The option `fetch` is called with one `Request`, which it took for a URL. Nothing was sent. Pass a `fetch` that takes " +
    "a `Request` of this runtime, such as `(request) => fetch(request, more)`.";
  return new TypeError(message, { cause });
}
