import { leases } from "./memory.js";
import type { Store, StoreEntry } from "../types/index.js";

const JOBS = "jobs";

/**
 * Keeps jobs in a page's IndexedDB, so that a reload finds them, and shares them between tabs by Web
 * Locks: two tabs never submit or poll one job at once.
 */
export function indexedDbStore(name = "filmgate"): Store {
  let opened: Promise<IDBDatabase> | undefined;
  const database = () => (opened ??= open(name, () => (opened = undefined)));
  const within = leases();

  const run = async <T>(mode: IDBTransactionMode, work: (jobs: IDBObjectStore) => IDBRequest<T>) => {
    const transaction = (await database()).transaction(JOBS, mode);
    return finished(transaction, work(transaction.objectStore(JOBS)));
  };

  return {
    get: (key) => run<StoreEntry | undefined>("readonly", (jobs) => jobs.get(key)),
    list: () => run<StoreEntry[]>("readonly", (jobs) => jobs.getAll()),
    delete: (key) => run("readwrite", (jobs) => jobs.delete(key)),
    put: async (key, record, expectedRevision) => {
      // On the disk before the submit leaves: what the system only means to write is lost with its power.
      const durability = { durability: "strict" } as const;
      const transaction = (await database()).transaction(JOBS, "readwrite", durability);
      const jobs = transaction.objectStore(JOBS);
      const reading: IDBRequest<StoreEntry | undefined> = jobs.get(key);
      let written = false;
      // Reading and writing in one transaction, so that no other tab comes between.
      reading.onsuccess = () => {
        if ((reading.result?.revision ?? 0) !== expectedRevision) return;
        jobs.put({ record, revision: expectedRevision + 1 }, key);
        written = true;
      };
      await finished(transaction, reading);
      return written;
    },
    lease: (key, work, signal) => {
      const locks = globalThis.navigator?.locks;
      if (!locks) return within(key, work, signal);
      const options = signal ? { signal } : {};
      return locks.request(`${name}:${key}`, options, work) as ReturnType<typeof work>;
    },
  };
}

function open(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(JOBS);
    opening.onerror = () => {
      closed();
      reject(opening.error);
    };
    opening.onsuccess = () => {
      const database = opening.result;
      // Another tab may want to delete or upgrade; the next call opens again.
      database.onversionchange = () => {
        database.close();
        closed();
      };
      database.onclose = closed;
      resolve(database);
    };
  });
}

/** The request's result once the transaction is on disk. */
function finished<T>(transaction: IDBTransaction, request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
