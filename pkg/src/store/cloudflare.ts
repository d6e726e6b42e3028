// The entry `filmgate/cloudflare`: a store in the SQLite storage of a Durable Object.
import { invalidOption } from "../util/options.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";
import { processLeases } from "./memory.js";

/** The part of a Durable Object's `ctx.storage` that the store uses. */
export interface ObjectStorage {
  /** Its database. */
  sql: {
    /** Runs a statement. */
    exec(query: string, ...bindings: any[]): { toArray(): Record<string, any>[] };
  };
  /** Runs several statements, or none of them. */
  transactionSync<T>(work: () => T): T;
  /** Resolves once all writes are durable. */
  sync(): Promise<void>;
}

/** A value holds up to 2 MB: https://developers.cloudflare.com/durable-objects/platform/limits/ */
const MAX_PART_BYTES = 1_000_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS filmgate_jobs (
    key TEXT NOT NULL,
    part INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (key, part)
  );
`;

interface Row {
  key: string;
  revision: number;
  record: ArrayBuffer;
}

/**
 * Stores jobs in a Durable Object, whose class has to be one of `new_sqlite_classes`. An object is a single instance, so
 * that it alone tracks its jobs; call `resume` for the pending ones in its alarm. The table is `filmgate_jobs`.
 *
 * `storage`: `ctx.storage` of the object.
 *
 * @throws FilmgateError `invalid_request` if the object's storage is not SQLite
 */
export function durableObjectStore(storage: ObjectStorage): Store {
  const sql = databaseOf(storage);
  sql.exec(SCHEMA);
  const rows = (where: string, ...bindings: string[]) =>
    sql.exec(`SELECT key, revision, record FROM filmgate_jobs ${where} ORDER BY key, part`, ...bindings).toArray() as Row[];
  const revisionOf = (key: string): number =>
    (sql.exec("SELECT revision FROM filmgate_jobs WHERE key = ? AND part = 0", key).toArray()[0] as Row | undefined)
      ?.revision ?? 0;
  const remove = (key: string) => sql.exec("DELETE FROM filmgate_jobs WHERE key = ?", key);
  return {
    get: async (key) => entriesOf(rows("WHERE key = ?", key))[0],
    list: async () => entriesOf(rows("")),
    put: async (key, record, expectedRevision) => {
      const parts = partsOf(record);
      const isWritten = storage.transactionSync(() => {
        if (revisionOf(key) !== expectedRevision) return false;
        remove(key);
        for (const [part, bytes] of parts.entries()) {
          sql.exec("INSERT INTO filmgate_jobs VALUES (?, ?, ?, ?)", key, part, expectedRevision + 1, bytes);
        }
        return true;
      });
      // The submit is sent next.
      await storage.sync();
      return isWritten;
    },
    delete: async (key) => {
      remove(key);
      await storage.sync();
    },
    lease: processLeases(),
  };
}

function databaseOf(storage: ObjectStorage): ObjectStorage["sql"] {
  try {
    // It throws in an object without SQLite.
    if (typeof storage.sql.exec === "function") return storage.sql;
  } catch {}
  const message =
    "`storage` must be `ctx.storage` of a Durable Object with SQLite: name its class in `new_sqlite_classes`.";
  throw invalidOption("storage", "invalid_type", message);
}

/** The record as bytes. A text could break within a character. */
function partsOf(record: JobRecord): ArrayBuffer[] {
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  const parts: ArrayBuffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_PART_BYTES) {
    parts.push(bytes.slice(at, at + MAX_PART_BYTES).buffer);
  }
  return parts;
}

/** The entries of rows that are ordered by key and part. */
function entriesOf(rows: Row[]): StoreEntry[] {
  const byKey = new Map<string, Row[]>();
  for (const row of rows) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return [...byKey.values()].map((parts) => {
    const decoder = new TextDecoder();
    const text = parts.map(({ record }) => decoder.decode(record, { stream: true })).join("") + decoder.decode();
    return { record: JSON.parse(text) as JobRecord, revision: parts[0]!.revision };
  });
}
