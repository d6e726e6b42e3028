import { onAbort } from "../util/abort.js";
import { SerialQueue } from "../util/serial.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";

/** Stores jobs in memory, for the lifetime of the process. For tests, and if losing jobs with the process is fine. */
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
    lease: processLeases(),
  };
}

/** Leases within one process. */
export function processLeases(): Store["lease"] {
  const queue = new SerialQueue();
  return async (key, work, signal) => {
    const result = queue.run(key, async () => {
      signal?.throwIfAborted();
      return work();
    });
    return signal ? orAborted(result, signal) : result;
  };
}

/** The promise, or a rejection with the signal's reason if it aborts first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const unlisten = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(unlisten);
  });
}
