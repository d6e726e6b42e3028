import { onAbort } from "../util/abort.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";

/** Keeps jobs as long as the process lives. For tests, and where a lost process may lose its jobs. */
export function memoryStore(): Store {
  const entries = new Map<string, StoreEntry>();
  return {
    get: async (key) => structuredClone(entries.get(key)),
    list: async () => structuredClone([...entries.values()]),
    put: async (key, record: JobRecord, expectedRevision) => {
      if ((entries.get(key)?.revision ?? 0) !== expectedRevision) return false;
      entries.set(key, { record: structuredClone(record), revision: expectedRevision + 1 });
      return true;
    },
    delete: async (key) => void entries.delete(key),
    lease: leases(),
  };
}

/** Leases for one process: work on a key waits for the work before it. */
export function leases(): Store["lease"] {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work, signal) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    const settled = mine.catch(() => {});
    last.set(key, settled);
    void settled.then(() => last.get(key) === settled && last.delete(key));
    return signal ? orAborted(mine, signal) : mine;
  };
}

/** The promise, or the signal's reason where that comes first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const unlisten = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(unlisten);
  });
}
