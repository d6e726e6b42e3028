import { SerialQueue } from "../util/serial.js";
import { orAborted } from "../util/within.js";
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
    return orAborted(result, signal);
  };
}
