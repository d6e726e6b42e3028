import { onAbort } from "./abort.js";
import { MAX_TIMER_MS } from "./sleep.js";

/** The promise, or a rejection with the signal's reason if it aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return within(promise, Infinity, () => undefined, signal);
}

/** The promise, or a rejection if it takes longer than `ms`, or with the signal's reason if it aborts first. */
export function within<T>(promise: Promise<T>, ms: number, late: () => unknown, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    const unlisten = onAbort(signal, () => reject(signal?.reason));
    const timer = ms < MAX_TIMER_MS ? setTimeout(() => reject(late()), Math.max(ms, 0)) : undefined;
    promise.then(resolve, reject).finally(() => {
      unlisten();
      clearTimeout(timer);
    });
  });
}
