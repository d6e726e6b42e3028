const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `aborted` when the signal does; answers with a way to stop listening. A signal gets one listener
 * however many jobs share it: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (!signal) return () => {};
  const all = waiting.get(signal) ?? listen(signal);
  all.add(aborted);
  return () => void all.delete(aborted);
}

/** A controller that aborts with the signal, for the same reason, until `unlisten`; or before it. */
export function following(signal: AbortSignal | undefined): {
  controller: AbortController;
  unlisten: () => void;
} {
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted) follow();
  return { controller, unlisten: onAbort(signal, follow) };
}

function listen(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  const tell = () => {
    for (const aborted of [...all]) aborted();
  };
  signal.addEventListener("abort", tell, { once: true });
  return all;
}
