// The entry `filmgate/sqlite`: a store in a database of `node:sqlite`, for Node and Deno.
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { FilmgateError } from "../error.js";
import { processLeases } from "../store/memory.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";
import { folderLeases } from "./folder-leases.js";
import { pathOf } from "./fs.js";

/** What is used of `node:sqlite`, which the types of older Nodes do not have. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
}

interface Statement {
  run(...values: (string | number)[]): { changes: number | bigint };
  get(...values: string[]): unknown;
  all(): unknown[];
}

interface Sqlite {
  DatabaseSync: new (path: string) => Database;
}

interface Row {
  record: string;
  revision: number;
}

/** Another process writes for milliseconds. */
const MAX_WAIT_MS = 10_000;

// FULL: a job is on the disk before its submit is sent. `secure_delete`: a replaced record holds a prompt.
const SCHEMA = `
  PRAGMA busy_timeout = ${MAX_WAIT_MS};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS filmgate_jobs (
    key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
`;

/**
 * Stores jobs in a SQLite database, shared by all processes of this machine. The file is created if it does not exist, for
 * its owner only: until the provider has accepted a job, its record holds the prompt. The table is `filmgate_jobs`, so
 * that the database may have others. Leases are in a folder beside it, `<path>-leases`, as those of `folderStore`.
 *
 * `path`: a path or a `file:` URL. `":memory:"` is a database of this process alone.
 *
 * @throws FilmgateError `store_error` if the runtime has no `node:sqlite` (Node before 22.13), or the database cannot be
 * opened
 */
export function sqliteStore(path: string | URL): Store {
  const file = path === ":memory:" ? path : pathOf(path);
  const database = open(file);
  const select = database.prepare("SELECT record, revision FROM filmgate_jobs WHERE key = ?");
  const selectAll = database.prepare("SELECT record, revision FROM filmgate_jobs");
  const insert = database.prepare("INSERT INTO filmgate_jobs VALUES (?, 1, ?) ON CONFLICT DO NOTHING");
  const update = database.prepare(
    "UPDATE filmgate_jobs SET record = ?, revision = revision + 1 WHERE key = ? AND revision = ?",
  );
  const remove = database.prepare("DELETE FROM filmgate_jobs WHERE key = ?");
  return {
    get: async (key) => entryOf(select.get(key) as Row | undefined),
    list: async () => (selectAll.all() as Row[]).map(entryOf).filter((entry) => entry !== undefined),
    put: async (key, record, expectedRevision) => {
      const text = JSON.stringify(record);
      const written = expectedRevision === 0 ? insert.run(key, text) : update.run(text, key, expectedRevision);
      return Number(written.changes) === 1;
    },
    delete: async (key) => void remove.run(key),
    lease: file === ":memory:" ? processLeases() : folderLeases(`${file}-leases`),
  };
}

function open(file: string): Database {
  const { DatabaseSync } = sqlite();
  try {
    // SQLite gives its other files the same mode.
    if (file !== ":memory:") closeSync(openSync(file, "a", 0o600));
    const database = new DatabaseSync(file);
    database.exec(SCHEMA);
    return database;
  } catch (cause) {
    throw new FilmgateError({ code: "store_error", message: "The database cannot be opened: see `cause`.", cause });
  }
}

/** `require`, because an import of a module that does not exist fails before this file can say what to do. */
function sqlite(): Sqlite {
  try {
    return createRequire(import.meta.url)("node:sqlite") as Sqlite;
  } catch (cause) {
    const message =
      "This runtime has no `node:sqlite`. Use Node 22.13 or newer, or `folderStore` of `filmgate/node`.";
    throw new FilmgateError({ code: "store_error", message, cause });
  }
}

/** Another program may write anything into the table. */
function entryOf(row: Row | undefined): StoreEntry | undefined {
  if (!row) return undefined;
  try {
    return { record: JSON.parse(row.record) as JobRecord, revision: row.revision };
  } catch {
    return undefined;
  }
}
