import { processLeases } from "./memory.js";
import { TEXT, readArgument } from "../util/options.js";
import type { Store, StoreEntry } from "../types/index.js";

const JOBS = "jobs";

/**
 * Stores jobs in a page's IndexedDB, so that they survive a reload. Web Locks prevent that two tabs submit or poll the
 * same job concurrently.
 */
export function indexedDbStore(name = "filmgate"): Store {
  readArgument(name, TEXT, "name");
  let opened: Promise<IDBDatabase> | undefined;
  const database = () => (opened ??= open(name, () => (opened = undefined)));
  const leaseInProcess = processLeases();

  const run = async <T>(mode: IDBTransactionMode, work: (jobs: IDBObjectStore) => IDBRequest<T>) => {
    const transaction = (await database()).transaction(JOBS, mode);
    return committed(transaction, work(transaction.objectStore(JOBS)));
  };

  return {
    get: (key) => run<StoreEntry | undefined>("readonly", (jobs) => jobs.get(key)),
    list: () => run<StoreEntry[]>("readonly", (jobs) => jobs.getAll()),
    delete: (key) => run("readwrite", (jobs) => jobs.delete(key)),
    put: async (key, record, expectedRevision) => {
      // Flushed to disk before the submit is sent: data in the system's cache is lost with the power.
      const durability = { durability: "strict" } as const;
      const transaction = (await database()).transaction(JOBS, "readwrite", durability);
      const jobs = transaction.objectStore(JOBS);
      const reading: IDBRequest<StoreEntry | undefined> = jobs.get(key);
      let written = false;
      // One transaction for reading and writing, so that no other tab can write in between.
      reading.onsuccess = () => {
        if ((reading.result?.revision ?? 0) !== expectedRevision) return;
        jobs.put({ record, revision: expectedRevision + 1 }, key);
        written = true;
      };
      await committed(transaction, reading);
      return written;
    },
    lease: (key, work, signal) => {
      const locks = globalThis.navigator?.locks;
      if (!locks) return leaseInProcess(key, work, signal);
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
      // Another tab deletes or upgrades the database. The next call opens it again.
      database.onversionchange = () => {
        database.close();
        closed();
      };
      database.onclose = closed;
      resolve(database);
    };
  });
}

/** The result of the request, once the transaction is committed. */
function committed<T>(transaction: IDBTransaction, request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
