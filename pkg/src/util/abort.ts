const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `aborted` when the signal aborts, and returns a function that stops listening. All jobs that share a signal
 * share one listener, because Node warns of a leak from the eleventh listener on.
 */
export function onAbort(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (!signal) return () => {};
  const all = listeners.get(signal) ?? listen(signal);
  all.add(aborted);
  return () => void all.delete(aborted);
}

/** Returns a controller that aborts with the signal, for the same reason, until `unlisten` is called. */
export function linkedController(signal: AbortSignal | undefined): {
  controller: AbortController;
  unlisten: () => void;
} {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  return { controller, unlisten: onAbort(signal, abort) };
}

function listen(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  listeners.set(signal, all);
  const notify = () => {
    for (const aborted of [...all]) aborted();
  };
  signal.addEventListener("abort", notify, { once: true });
  return all;
}
