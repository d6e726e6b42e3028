import type { Handle } from "./job.js";

/** What a store keeps for a job. The record is opaque: keep it whole, show it to nobody. */
export interface StoreEntry {
  /** The job's state, as `put` brought it last. */
  record: JobRecord;
  /** How often it was written: 1 after the first `put`. */
  revision: number;
}

/**
 * A job's whole state, the handle among it. Holds the request's wire body until the provider has
 * accepted. Never a key.
 */
export interface JobRecord {
  /** Finds the job again; its `key` is what the store files it under. */
  handle: Handle;
  [field: string]: unknown;
}

/**
 * Keeps jobs across a reload. Every method may be called from several tabs or processes at once.
 */
export interface Store {
  /** The entry of that key, if there is one. */
  get(key: string): Promise<StoreEntry | undefined>;
  /** All entries, in any order. */
  list(): Promise<StoreEntry[]>;
  /**
   * Writes where the stored revision is `expectedRevision` (0: nothing stored yet) and adds one to
   * it. `false`: someone else was first, nothing written.
   */
  put(key: string, record: JobRecord, expectedRevision: number): Promise<boolean>;
  /** Drops an entry, if there is one. */
  delete(key: string): Promise<void>;
  /** Runs `work` while nobody else does for the same key, after whoever does now. */
  lease<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}
