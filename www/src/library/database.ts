// The tables of the library: in IndexedDB, or in memory where a browser has or allows none.
import type { VideoRequest } from "filmgate";
import type { ChargeEntry, LibraryJob } from "./types.js";

/** The type of each table. The key is the job's id. */
export interface Tables {
  jobs: LibraryJob;
  requests: VideoRequest;
  posters: Blob;
  charges: ChargeEntry;
}

type Name = keyof Tables;
const NAMES: readonly Name[] = ["jobs", "requests", "posters", "charges"];

/** A change inside one transaction: no other tab changes the tables meanwhile. */
export interface Transaction {
  get<T extends Name>(table: T, id: string): Promise<Tables[T] | undefined>;
  put<T extends Name>(table: T, id: string, value: Tables[T]): void;
  delete(table: Name, id: string): void;
}

export interface Database {
  /** Why nothing survives a reload, in words; undefined if it does. */
  readonly unavailable?: string;
  get<T extends Name>(table: T, id: string): Promise<Tables[T] | undefined>;
  list<T extends Name>(table: T): Promise<Tables[T][]>;
  /** Runs `change`, which may await nothing but the transaction's own reads. */
  change<T>(change: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): void;
}

const VERSION = 1;
const MISSING = "This browser stores nothing for this page: the list of videos is lost when it is closed.";

/** Opens the tables. It never rejects. */
export async function openDatabase(name: string): Promise<Database> {
  try {
    return indexedDatabase(await open(name));
  } catch {
    return memoryDatabase();
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, VERSION);
    opening.onupgradeneeded = () => {
      for (const table of NAMES) opening.result.createObjectStore(table);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

function indexedDatabase(database: IDBDatabase): Database {
  // Another tab deletes the database.
  database.onversionchange = () => database.close();
  return {
    get: (table, id) => result(database.transaction(table).objectStore(table).get(id)),
    list: (table) => result(database.transaction(table).objectStore(table).getAll()),
    async change(change) {
      const transaction = database.transaction([...NAMES], "readwrite");
      const ended = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      ended.catch(() => {}); // It is awaited below, unless `change` fails first.
      try {
        const value = await change({
          get: (table, id) => result(transaction.objectStore(table).get(id)),
          put: (table, id, value) => void transaction.objectStore(table).put(value, id),
          delete: (table, id) => void transaction.objectStore(table).delete(id),
        });
        await ended;
        return value;
      } catch (error) {
        abort(transaction);
        throw error;
      }
    },
    close: () => database.close(),
  };
}

/** Unless it has already ended. */
function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // Nothing is pending.
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function memoryDatabase(): Database {
  const tables = Object.fromEntries(NAMES.map((name) => [name, new Map()])) as unknown as {
    [T in Name]: Map<string, Tables[T]>;
  };
  let last: Promise<unknown> = Promise.resolve();
  const transaction: Transaction = {
    get: async (table, id) => tables[table].get(id),
    put: (table, id, value) => void tables[table].set(id, value),
    delete: (table, id) => void tables[table].delete(id),
  };
  return {
    unavailable: MISSING,
    get: transaction.get,
    list: async (table) => [...tables[table].values()],
    change(change) {
      const next = last.then(() => change(transaction));
      last = next.catch(() => {});
      return next;
    },
    close: () => {},
  };
}
