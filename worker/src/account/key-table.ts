// An account's API keys in SQLite, by id and by hash. It is synchronous, like the ledger.
import { spendIdOf } from "./key-state.js";
import type { KeyInfo } from "../types.js";

const DAY = 24 * 60 * 60_000;
/** A minted key is forgotten this long after its end. */
const MINTED_TTL_MS = DAY;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    minted_until INTEGER,
    info TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS minted ON keys (minted_until) WHERE minted_until IS NOT NULL;
  CREATE INDEX IF NOT EXISTS spend ON keys (coalesce(json_extract(info, '$.spendId'), id));`;

export class KeyTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  byId(id: string): KeyInfo | undefined {
    return this.#read("SELECT info FROM keys WHERE id = ?", id);
  }

  byHash(hash: string): KeyInfo | undefined {
    return this.#read("SELECT info FROM keys WHERE hash = ?", hash);
  }

  /** The key, and those that it was rotated to or from: they spend as one. */
  rotationsOf(key: KeyInfo): KeyInfo[] {
    const query = "SELECT info FROM keys WHERE coalesce(json_extract(info, '$.spendId'), id) = ?";
    const rows = this.#sql.exec<{ info: string }>(query, spendIdOf(key)).toArray();
    return rows.map(({ info }) => JSON.parse(info) as KeyInfo);
  }

  /** How many days the jobs of a key are kept: the latest of its rotations decides. */
  retentionOf(key: KeyInfo): number | undefined {
    return this.rotationsOf(key).reduce((one, other) => (other.createdAt > one.createdAt ? other : one), key).retentionDays;
  }

  /** The same by key, where it limits, for all that were not minted. */
  retentions(): Record<string, number> {
    const query = "SELECT info FROM keys WHERE minted_until IS NULL ORDER BY json_extract(info, '$.createdAt')";
    const keys = this.#sql.exec<{ info: string }>(query).toArray().map(({ info }) => JSON.parse(info) as KeyInfo);
    const latest = new Map(keys.map((key) => [spendIdOf(key), key.retentionDays]));
    const days = keys.map((key) => [key.id, latest.get(spendIdOf(key))] as const);
    return Object.fromEntries(days.filter((entry): entry is readonly [string, number] => entry[1] !== undefined));
  }

  /** The key that minted it. */
  minterOf({ mintedBy }: KeyInfo): KeyInfo | undefined {
    return mintedBy === undefined ? undefined : this.byId(mintedBy);
  }

  /** Adds or replaces a key; returns it with the number of its version. */
  put(info: KeyInfo): KeyInfo {
    const saved = { ...info, version: (this.byId(info.id)?.version ?? 0) + 1 };
    this.#sql.exec(
      `INSERT INTO keys (id, hash, minted_until, info) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET info = excluded.info, minted_until = excluded.minted_until`,
      info.id,
      info.hash,
      info.mintedBy === undefined ? null : (info.expiresAt ?? null),
      JSON.stringify(saved),
    );
    return saved;
  }

  /** Forgets minted keys that expired a day ago; returns their ids. */
  forgetMinted(now: number): string[] {
    const rows = this.#sql.exec<{ id: string }>(
      "DELETE FROM keys WHERE minted_until < ? RETURNING id",
      now - MINTED_TTL_MS,
    );
    return rows.toArray().map(({ id }) => id);
  }

  #read(query: string, value: string): KeyInfo | undefined {
    const [row] = this.#sql.exec<{ info: string }>(query, value).toArray();
    return row && (JSON.parse(row.info) as KeyInfo);
  }
}
