import { backoffMs } from "../util/backoff.js";
import { retryAfterMs } from "../util/retry-after.js";

const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const BACKOFF = { initialMs: 2 * MIN_PAUSE_MS, maxMs: MAX_PAUSE_MS };

/** Permission for one request to be in flight. */
export interface Slot {
  /** Whether it may be used now. */
  isOpen(): boolean;
  /** Reports the status of the response. If it is a throttling one, all requests pause. */
  report(status: number, retryAfter: string | null | undefined): void;
  /** Passes the slot on. */
  release(): void;
}

type Waiter = (slot: Slot) => void;

/**
 * Limits the number of requests in flight to one provider. Others wait in order. After HTTP 429 all of them share
 * one pause, so that not every job retries on its own.
 *
 * It reads no clock: a pause ends when its timer fires, even if the clock is changed.
 */
export class Limiter {
  #free: number;
  #pauses = 0;
  /** Number of pauses so far. A request that was sent before the latest one does not change the backoff. */
  #epoch = 0;
  #consecutivePauses = 0;
  readonly #priority = new Set<Waiter>();
  readonly #normal = new Set<Waiter>();
  #isPriorityNext = true;

  constructor(maxConcurrency: number) {
    this.#free = maxConcurrency;
  }

  /**
   * Calls `waiter` with a slot, immediately if one is free. Submits and cancels (`isPriority`) alternate with polls,
   * so that neither kind waits for all of the other. Returns a function that withdraws the waiter.
   */
  acquire(isPriority: boolean, waiter: Waiter): () => void {
    const queue = isPriority ? this.#priority : this.#normal;
    queue.add(waiter);
    this.#admit();
    return () => void queue.delete(waiter);
  }

  /** Resolves with a priority slot, or with `undefined` if the signal aborts first. */
  wait(signal: AbortSignal): Promise<Slot | undefined> {
    return new Promise((resolve) => {
      const withdraw = this.acquire(true, resolve);
      signal.addEventListener("abort", () => {
        withdraw();
        resolve(undefined);
      });
    });
  }

  #admit(): void {
    while (this.#free > 0 && this.#pauses === 0) {
      const [first, second] = this.#isPriorityNext
        ? [this.#priority, this.#normal]
        : [this.#normal, this.#priority];
      const queue = first.size > 0 ? first : second;
      const [waiter] = queue;
      if (!waiter) return;
      queue.delete(waiter);
      this.#isPriorityNext = queue === this.#normal;
      this.#free -= 1;
      waiter(this.#slot());
    }
  }

  #slot(): Slot {
    const epoch = this.#epoch;
    let isReleased = false;
    return {
      isOpen: () => this.#pauses === 0,
      report: (status, retryAfter) => {
        const throttled = isThrottled(status, retryAfter);
        if (epoch === this.#epoch) this.#consecutivePauses = throttled ? this.#consecutivePauses + 1 : 0;
        if (throttled) this.#pause(retryAfter);
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#free += 1;
        this.#admit();
      },
    };
  }

  #pause(retryAfter: string | null | undefined): void {
    const requestedMs = retryAfterMs(retryAfter) ?? backoffMs(this.#consecutivePauses, BACKOFF);
    const ms = Math.min(Math.max(requestedMs, MIN_PAUSE_MS), MAX_PAUSE_MS);
    this.#epoch += 1;
    this.#pauses += 1;
    const timer: unknown = setTimeout(() => {
      this.#pauses -= 1;
      this.#admit();
    }, ms);
    // A pause alone does not keep a Node process alive.
    (timer as { unref?: () => void }).unref?.();
  }
}

/** Whether the provider rejected the request for now, without processing it. */
export function isThrottled(status: number, retryAfter: string | null | undefined): boolean {
  return status === 429 || (status === 503 && Boolean(retryAfter));
}
