import { onAbort } from "./abort.js";
import { MAX_TIMER_MS } from "./sleep.js";

/** The promise, or a rejection with the signal's reason if it aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return within(promise, Infinity, () => undefined, signal);
}

/** The promise, or a rejection if it takes longer than `ms`, or with the signal's reason if it aborts first. */
export function within<T>(promise: Promise<T>, ms: number, late: () => unknown, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let unlisten = () => {};
    // The promise may never settle. Neither the timer nor the listener stays for it.
    const settle = <V>(end: (value: V) => void) => (value: V) => {
      clearTimeout(timer);
      unlisten();
      end(value);
    };
    const fail = settle(reject);
    promise.then(settle(resolve), fail);
    if (signal?.aborted) return fail(signal.reason);
    unlisten = onAbort(signal, () => fail(signal?.reason));
    if (ms < MAX_TIMER_MS) timer = setTimeout(() => fail(late()), Math.max(ms, 0));
  });
}
