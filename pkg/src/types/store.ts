import type { Handle } from "./job.js";

/** A stored job. */
export interface StoreEntry {
  /** The record that the last `put` wrote. */
  record: JobRecord;
  /** Number of writes: 1 after the first `put`. */
  revision: number;
}

/**
 * The complete state of a job, including its handle. Treat it as opaque and confidential: until the provider has
 * accepted the job, it holds the request body. It never holds a key.
 */
export interface JobRecord {
  /** Handle of the job. Its `id` is the store's key. */
  handle: Handle;
  [field: string]: unknown;
}

/** Persists jobs. Tabs or processes that share a store may call any method concurrently. */
export interface Store {
  /** Returns the entry of a key, or undefined. */
  get(key: string): Promise<StoreEntry | undefined>;
  /** Returns all entries, in any order. */
  list(): Promise<StoreEntry[]>;
  /**
   * Writes the record and increments the revision, if the stored revision is `expectedRevision` (0: no entry yet).
   * Returns false, and writes nothing, if another writer was first.
   */
  put(key: string, record: JobRecord, expectedRevision: number): Promise<boolean>;
  /** Deletes an entry, if there is one. */
  delete(key: string): Promise<void>;
  /**
   * Runs `work` with an exclusive lock on the key, after the current holder. Rejects with the signal's reason if it
   * aborts first.
   */
  lease<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}
