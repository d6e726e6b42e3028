// The package's store, for the one job of an object.
import { memoryStore } from "filmgate";
import type { Store, StoreEntry } from "filmgate";
import type { Texts } from "./chunked-kv.js";

const NAME = "record";

/**
 * Keeps the record in the object's storage. What was put is on disk once `put` has answered: the submit leaves
 * after that. One object is one instance, so that leases held in memory are enough.
 */
export function recordStore(texts: Texts, storage: Pick<DurableObjectStorage, "sync">): Store {
  const read = (): StoreEntry | undefined => {
    const text = texts.get(NAME);
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
      texts.put(NAME, JSON.stringify(entry));
      await storage.sync();
      return true;
    },
    delete: async (key) => {
      if (!find(key)) return;
      texts.delete(NAME);
      await storage.sync();
    },
    lease: memoryStore().lease,
  };
}
