import { send } from "../core/send.js";
import type { Connection } from "./connection.js";
import type { Place } from "./limiter.js";
import type { Once } from "./one-shot-body.js";
import { LONGEST_WAIT_MS } from "../core/protocol.js";
import type { Answered, Failed } from "../core/protocol.js";

// Codes of Node and its fetch for a connection that never came about.
const UNCONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** A timer that comes so late was not being run: the laptop slept, or the page was frozen. */
const ASLEEP_MS = 1_000;

/** What leaves so late, for the sake of a slow key, has not left at once. */
const AT_ONCE_MS = 1_000;

/** What became of a request. */
export type Landing = Omit<Answered, "id"> | Omit<Failed, "id">;

/** What is to be sent, and who hears of it. */
export interface Freight {
  readonly path: string;
  /** Milliseconds, from when it leaves, that its answer is waited for. */
  readonly limitMs: number;
  /** Milliseconds that it may be kept back. */
  readonly patienceMs: number;
  readonly isUrgent: boolean;
  /** It leaves at once or not at all. */
  readonly sendNowOrFail: boolean;
  /** The body, asked for when it leaves. */
  load(): unknown;
  /** There is no room for it yet. */
  held(): void;
  /** It leaves, after it was kept back. */
  left(): void;
  /** Its end, with what was thrown on the way. */
  landed(landing: Landing, thrown?: unknown): void;
}

/** One request, from its place among the others to the answer's text, within its time. */
export class Flight {
  readonly #connection: Connection;
  readonly #freight: Freight;
  readonly #limit = new AbortController();
  readonly #since = performance.now();
  #withdraw: () => void = () => {};
  #place: Place | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = false;
  #landed = false;
  /** The submit as a browser can send it once only. */
  #guarded: Once | undefined;

  /** With a place of its own it leaves at once, unless the provider has become too busy since. */
  constructor(connection: Connection, freight: Freight, place?: Place) {
    this.#connection = connection;
    this.#freight = freight;
    if (place?.isOpen()) {
      this.#leave(place);
    } else {
      place?.leave();
      this.#queue();
    }
  }

  /** Whether anything may have reached the provider. */
  get hasLeft(): boolean {
    return this.#left;
  }

  /** Ends it here. What has not left by now never will. */
  stop(): void {
    this.#fail(this.#left ? "timeout" : "unsent");
    this.#limit.abort();
  }

  #queue(): void {
    const { isUrgent, sendNowOrFail } = this.#freight;
    const patienceMs = sendNowOrFail ? 0 : this.#freight.patienceMs;
    let isHeld = false;
    this.#withdraw = this.#connection.limiter.ask(isUrgent, (place) => {
      if (isHeld) this.#freight.left();
      this.#leave(place);
    });
    if (this.#place) return;
    isHeld = true;
    this.#freight.held();
    this.#timer = setTimeout(() => this.#giveUp(), Math.min(patienceMs, LONGEST_WAIT_MS));
  }

  #giveUp(): void {
    const message = "Other requests to the provider took all the room for as long as there was time.";
    this.#fail("unsent", new Error(message));
  }

  #leave(place: Place): void {
    this.#place = place;
    this.#watch(false);
    void this.#fly(place, this.#freight.load());
  }

  #watch(isSecond: boolean): void {
    clearTimeout(this.#timer);
    const ms = Math.min(this.#freight.limitMs, LONGEST_WAIT_MS);
    const due = performance.now() + ms;
    this.#timer = setTimeout(() => {
      // The answer may have come while nobody ran, and lie there unread.
      const slept = performance.now() - due > ASLEEP_MS;
      if (slept && !isSecond) this.#watch(true);
      else this.stop();
    }, ms);
  }

  async #fly(place: Place, body: unknown): Promise<void> {
    try {
      const connection = this.#connection;
      const headers = await connection.headers();
      const url = connection.baseURL.replace(/\/+$/, "") + this.#freight.path;
      const fetch = (request: Request) => this.#fetch(place, request);
      const answer = await send({ url, headers, body }, fetch, this.#limit.signal);
      this.#finish({ type: "response", ...answer });
    } catch (error) {
      const hasLeft = this.#left && !isUnconnected(error) && this.#guarded?.wasRead() !== false;
      this.#fail(hasLeft ? "network" : "unsent", error);
    }
  }

  /** What the module's transport calls: the last checks, and the caller's `fetch`. */
  async #fetch(place: Place, request: Request): Promise<Response> {
    const connection = this.#connection;
    if (!/^https?:/.test(request.url)) {
      throw new TypeError("The base address is none that a request can be sent to.");
    }
    if (connection.isOffline) throw new Error("There is no network, so nothing was sent.");
    if (this.#freight.isUrgent) this.#guarded = await connection.guard(request);
    if (this.#landed) throw new Error("Nobody waits for the answer any longer, so nothing was sent.");
    if (this.#freight.sendNowOrFail && performance.now() - this.#since > AT_ONCE_MS) {
      throw new Error("The key came too late to send this a second time.");
    }
    this.#left = true;
    const response = await connection.fetch(this.#guarded?.request ?? request);
    place.answered(response.status, response.headers?.get?.("retry-after"));
    return response;
  }

  #fail(kind: Failed["kind"], thrown?: unknown): void {
    this.#finish({ type: "failed", kind }, thrown);
  }

  #finish(landing: Landing, thrown?: unknown): void {
    if (this.#landed) return;
    this.#landed = true;
    clearTimeout(this.#timer);
    this.#withdraw();
    this.#place?.leave();
    this.#freight.landed(landing, thrown);
  }
}

/** Whether the error says that no connection came about, so that nothing can have been sent. */
export function isUnconnected(error: unknown): boolean {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  return typeof code === "string" && UNCONNECTED.has(code);
}
