// The package's store, for the one job of an object.
import { memoryStore } from "filmgate/gateway-server";
import type { Store, StoreEntry } from "filmgate";
import type { ChunkedKv } from "./chunked-kv.js";

const NAME = "record";

/**
 * Stores the record in the object's storage. The engine holds every request to the outside back until all writes before it
 * are durable (its output gate), so a submit is never sent before its record is stored, and writes that follow each other
 * are stored at once. An object is a single instance, so leases in memory are enough.
 */
export function recordStore(kv: ChunkedKv): Store {
  const read = (): StoreEntry | undefined => {
    const text = kv.get(NAME);
    return text === undefined ? undefined : (JSON.parse(text) as StoreEntry);
  };
  const find = (key: string): StoreEntry | undefined => {
    const entry = read();
    return entry?.record.handle.id === key ? entry : undefined;
  };
  return {
    get: async (key) => find(key),
    list: async () => [read()].filter((entry) => entry !== undefined),
    put: async (key, record, expectedRevision) => {
      if ((find(key)?.revision ?? 0) !== expectedRevision) return false;
      const entry: StoreEntry = { record, revision: expectedRevision + 1 };
      kv.put(NAME, JSON.stringify(entry));
      return true;
    },
    delete: async (key) => {
      if (find(key)) kv.delete(NAME);
    },
    lease: memoryStore().lease,
  };
}
