import { onAbort } from "./abort.js";

/** Timers hold 31 bits. Longer waits need several timers. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms`, at most `MAX_TIMER_MS`. Rejects with the signal's reason if it aborts first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const unlisten = onAbort(signal, stop);
    const timer = setTimeout(() => {
      unlisten();
      resolve();
    }, Math.min(ms, MAX_TIMER_MS));
    if (signal?.aborted) stop();
  });
}
