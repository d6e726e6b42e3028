// What the gateway has once: its secrets, a newer catalog, and the lists of its accounts and API keys. Few requests of an
// isolate wait for it.
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { GatewayObject } from "../gateway-object.js";
import { log } from "../log.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import { withoutUndefined } from "../without-undefined.js";
import { accountOf, jobIndexOf } from "../stubs.js";
import type { AccountTurn, Answer, Question, RegistryRpc, Turn } from "../rpc.js";
import type {
  AccountInfo,
  CatalogFetch,
  CatalogInfo,
  KeyInfo,
  KeyPage,
  Listed,
  RegistryPage,
  Secrets,
} from "../types.js";
import { newSecrets, rotated, withoutExpired } from "./secrets.js";

/** A minted key is listed this long after its end. */
const MINTED_TTL_MS = 24 * 60 * 60_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    info TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS accounts_by_age ON accounts (created_at, id);
  CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    account_id TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    minted INTEGER NOT NULL,
    info TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_by_age ON keys (minted, created_at, id);
  CREATE INDEX IF NOT EXISTS keys_by_account ON keys (account_id, created_at, id);
  CREATE INDEX IF NOT EXISTS minted_by_end ON keys (expires_at) WHERE minted = 1;`;

/** The condition of each state of a key; `?` is the time. */
const STATES = {
  active: "revoked_at IS NULL AND coalesce(expires_at, 9e15) > ?",
  revoked: "revoked_at IS NOT NULL AND ? > 0",
  expired: "revoked_at IS NULL AND expires_at <= ?",
};

/** What a row has beside the entry's JSON. */
type Row = Record<string, SqlStorageValue> & { id: string; info: string };

interface Condition {
  sql: string;
  values: SqlStorageValue[];
}

export class Registry extends GatewayObject implements RegistryRpc {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "registry");
    stampStorage(ctx.storage, "registry");
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  async secrets(): Promise<Secrets> {
    const known = this.ctx.storage.kv.get<Secrets>("secrets");
    return known ? withoutExpired(known, Date.now()) : this.#saveSecrets(newSecrets());
  }

  /** Replaces the secrets. The present ones verify for that long. */
  async rotateSecrets(overlapMs: number): Promise<Secrets> {
    return this.#saveSecrets(rotated(await this.secrets(), overlapMs, Date.now()));
  }

  /** Adds or updates an account; a closed one stays closed. The secret of its webhook stays in the account. */
  async putAccount({ webhook, ...info }: AccountInfo): Promise<void> {
    const known = await this.findAccount(info.id);
    // Two changes may arrive out of order.
    if ((known?.version ?? 0) > (info.version ?? 0)) return;
    const closedAt = known?.closedAt ?? info.closedAt;
    const listed = {
      ...info,
      ...(closedAt !== undefined && { closedAt }),
      ...(webhook && { webhook: { url: webhook.url, secret: "" } }),
    };
    this.#sql.exec(
      `INSERT INTO accounts (id, created_at, name, info) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, info = excluded.info`,
      ...[info.id, info.createdAt, info.name, JSON.stringify(listed)],
    );
  }

  /** Adds or updates an API key; a revoked key stays revoked. */
  async putKey(info: KeyInfo): Promise<void> {
    const known = await this.findKey(info.id);
    if ((known?.version ?? 0) > (info.version ?? 0)) return;
    const revokedAt = known?.revokedAt ?? info.revokedAt;
    const isMinted = info.mintedBy !== undefined;
    if (isMinted) this.#sql.exec("DELETE FROM keys WHERE minted = 1 AND expires_at < ?", Date.now() - MINTED_TTL_MS);
    this.#sql.exec(
      `INSERT INTO keys (id, created_at, name, account_id, expires_at, revoked_at, minted, info)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, expires_at = excluded.expires_at,
         revoked_at = excluded.revoked_at, info = excluded.info`,
      ...[info.id, info.createdAt, info.name, info.accountId, info.expiresAt ?? null, revokedAt ?? null],
      isMinted ? 1 : 0,
      JSON.stringify({ ...info, ...(revokedAt !== undefined && { revokedAt }) }),
    );
  }

  async findAccount(id: string): Promise<AccountInfo | undefined> {
    return this.#read<AccountInfo>("SELECT * FROM accounts WHERE id = ?", id)[0];
  }

  async findKey(id: string): Promise<KeyInfo | undefined> {
    return this.#read<KeyInfo>("SELECT * FROM keys WHERE id = ?", id)[0];
  }

  /** The accounts that have their turn, oldest first, each at most once: behind those of the call before. */
  async accountsToTend(limit: number): Promise<AccountTurn[]> {
    const { at, round } = this.ctx.storage.kv.get<Turn>("turn") ?? { at: 0, round: 0 };
    const turns = (from: number, count: number, of: number) =>
      this.#sql
        .exec<{ id: string }>("SELECT id FROM accounts ORDER BY created_at, id LIMIT ? OFFSET ?", count, from)
        .toArray()
        .map(({ id }, index) => ({ id, at: from + index, round: of }));
    const rest = turns(at, limit, round);
    const all = [...rest, ...turns(0, Math.min(limit - rest.length, at), round + 1)];
    const last = all.at(-1);
    // A run that breaks off does not begin with the same accounts again.
    if (last) this.#saveTurn({ at: last.at + 1, round: last.round });
    return all;
  }

  /** Not all of them had their turn: it continues there. */
  async continueAt({ at, round }: Turn): Promise<void> {
    this.#saveTurn({ at, round });
  }

  #saveTurn(turn: Turn): void {
    this.ctx.storage.kv.put("turn", turn);
  }

  /** Newest first. */
  async listAccounts(page: RegistryPage): Promise<Listed<AccountInfo>> {
    return this.#list<AccountInfo>("accounts", page, []);
  }

  /** Newest first. */
  async listKeys({ state, account, minted = account === undefined ? false : undefined, ...page }: KeyPage): Promise<Listed<KeyInfo>> {
    return this.#list<KeyInfo>("keys", page, [
      ...(account === undefined ? [] : [{ sql: "account_id = ?", values: [account] }]),
      ...(minted === undefined ? [] : [{ sql: "minted = ?", values: [Number(minted)] }]),
      ...(state ? [{ sql: STATES[state], values: [Date.now()] }] : []),
    ]);
  }

  /** Asks objects of accounts in place of a request, whose calls the platform counts. One that fails stops no other. */
  async ask(object: "account" | "jobIndex", method: string, questions: Question[]): Promise<Answer[]> {
    const stubOf = object === "account" ? accountOf : jobIndexOf;
    return Promise.all(
      questions.map(async ({ id, args }) => {
        try {
          const stub = stubOf(this.env, id) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
          return { value: await stub[method]?.(...args) };
        } catch (error) {
          return { code: errorCode(error) };
        }
      }),
    );
  }

  async catalogInfo(): Promise<{ info?: CatalogInfo | undefined; fetch?: CatalogFetch | undefined }> {
    const { kv } = this.ctx.storage;
    return { info: kv.get<CatalogInfo>("catalog"), fetch: kv.get<CatalogFetch>("catalogFetch") };
  }

  /** The catalog as JSON, unless it is known already; nothing if it is the built-in one. */
  async catalog(known: string | undefined): Promise<{ version?: string | undefined; json?: Uint8Array | undefined }> {
    const { kv } = this.ctx.storage;
    const version = kv.get<CatalogInfo>("catalog")?.version;
    if (version === undefined || version === known) return { version };
    return { version, json: kv.get<Uint8Array>("catalogJson") };
  }

  /** One that was uploaded while another was fetched stays. */
  async putCatalog(info: CatalogInfo, json: Uint8Array): Promise<void> {
    const { kv } = this.ctx.storage;
    if (info.source === "url" && this.#isUploaded) return;
    kv.put("catalog", info);
    kv.put("catalogJson", json);
  }

  async deleteCatalog(): Promise<void> {
    const { kv } = this.ctx.storage;
    kv.delete("catalog");
    kv.delete("catalogJson");
  }

  async putCatalogFetch(fetch: CatalogFetch | undefined): Promise<void> {
    const { kv } = this.ctx.storage;
    if (fetch && !this.#isUploaded) kv.put("catalogFetch", fetch);
    else kv.delete("catalogFetch");
  }

  get #isUploaded(): boolean {
    return this.ctx.storage.kv.get<CatalogInfo>("catalog")?.source === "upload";
  }

  #list<T>(table: "accounts" | "keys", { limit, after, search }: RegistryPage, conditions: Condition[]): Listed<T> {
    const all = [...conditions];
    if (search) all.push({ sql: "instr(lower(name || ' ' || id), lower(?)) > 0", values: [search] });
    if (after !== undefined) {
      const [last] = this.#sql.exec<{ at: number }>(`SELECT created_at AS at FROM ${table} WHERE id = ?`, after).toArray();
      if (!last) return undefined;
      all.push({ sql: "(created_at, id) < (?, ?)", values: [last.at, after] });
    }
    const where = all.length === 0 ? "" : `WHERE ${all.map(({ sql }) => sql).join(" AND ")}`;
    const data = this.#read<T>(
      `SELECT * FROM ${table} ${where} ORDER BY created_at DESC, id DESC LIMIT ?`,
      ...all.flatMap(({ values }) => values),
      limit + 1,
    );
    return { data: data.slice(0, limit), hasMore: data.length > limit };
  }

  #read<T>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.#sql.exec<Row>(query, ...values).toArray().map((row) => entryOf(row) as T);
  }

  #saveSecrets(secrets: Secrets): Secrets {
    this.ctx.storage.kv.put("secrets", secrets);
    return secrets;
  }
}

/** A row whose JSON cannot be read stands in the list with what its columns say, so that it hides no other and can be changed. */
function entryOf({ info, ...row }: Row): object {
  try {
    return JSON.parse(info) as object;
  } catch (error) {
    log("error", { step: "registry", target: row.id, code: errorCode(error) });
    const { id, name, created_at: createdAt, account_id: accountId, ...times } = row;
    const [expiresAt, revokedAt] = [times["expires_at"] ?? undefined, times["revoked_at"] ?? undefined];
    const mintedBy = times["minted"] === 1 ? "" : undefined;
    return withoutUndefined({ id, name, createdAt, accountId, scopes: [], expiresAt, revokedAt, mintedBy, isUnreadable: true });
  }
}
