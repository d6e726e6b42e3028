import { call } from "./core.js";
import type { Connection } from "./connection.js";
import { LONGEST_WAIT_MS } from "./wire.js";
import type { Input, Transmit } from "./wire.js";

// Codes of Node and its fetch for a connection that never came about.
const UNCONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Hears, once, what became of a request, and what was thrown on the way. */
export type Land = (input: Input, thrown?: unknown) => void;

/** One request, from the key to the answer's text, within its time. */
export class Flight {
  readonly #id: number;
  readonly #limit = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #land: Land;
  #left = false;
  #landed = false;

  constructor(output: Transmit, connection: Connection, land: Land) {
    this.#id = output.id;
    this.#land = land;
    const wait = Math.min(output.limitMs, LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.stop(), wait);
    void this.#fly(output, connection);
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

  async #fly({ path, body }: Transmit, connection: Connection): Promise<void> {
    try {
      // The module's frames are on the stack, and a caller's code must not run on top of them.
      await null;
      const headers = await connection.headers();
      const address = connection.baseURL.replace(/\/+$/, "") + path;
      const request = call((core) => core.request(address, headers, body, this.#limit.signal));
      if (!request || !/^https?:/.test(request.url)) {
        throw new TypeError("The base address is none that a request can be sent to.");
      }
      if (this.#landed) return;
      this.#left = true;
      const answer = await connection.fetch(request);
      const { status } = answer;
      const retryAfter = answer.headers?.get?.("retry-after");
      const text = await answer.text();
      this.#finish({ type: "response", id: this.#id, status, retryAfter, text });
    } catch (error) {
      this.#fail(this.#left && !isUnconnected(error) ? "network" : "unsent", error);
    }
  }

  #fail(kind: "network" | "timeout" | "unsent", thrown?: unknown): void {
    this.#finish({ type: "failed", id: this.#id, kind }, thrown);
  }

  #finish(input: Input, thrown?: unknown): void {
    if (this.#landed) return;
    this.#landed = true;
    clearTimeout(this.#timer);
    this.#land(input, thrown);
  }
}

/** Whether the error says that no connection came about, so that nothing can have been sent. */
function isUnconnected(error: unknown): boolean {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  return typeof code === "string" && UNCONNECTED.has(code);
}
