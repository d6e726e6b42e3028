// What the gateway has once: its secrets, and the list of its API keys. Only the first request of an isolate waits
// for it.
import { DurableObject } from "cloudflare:workers";
import { randomBytes, toBase64Url } from "../encoding.js";
import type { Env } from "../env.js";
import type { ApiKeyInfo, RegistryRpc, Secrets } from "../types.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    info TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`;

export class Registry extends DurableObject<Env> implements RegistryRpc {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  async secrets(): Promise<Secrets> {
    const { kv } = this.ctx.storage;
    const known = kv.get<Secrets>("secrets");
    if (known) return known;
    const created = { webhook: random(), signing: random() };
    kv.put("secrets", created);
    return created;
  }

  /** Adds or updates an API key; a revoked key stays revoked. The secret of a webhook stays in its account. */
  async put({ webhook, ...info }: ApiKeyInfo): Promise<void> {
    const [known] = this.#read("SELECT info FROM keys WHERE id = ?", info.id);
    // Two changes may arrive out of order.
    if ((known?.version ?? 0) > (info.version ?? 0)) return;
    const revokedAt = known?.revokedAt ?? info.revokedAt;
    const listed = {
      ...info,
      ...(revokedAt !== undefined && { revokedAt }),
      ...(webhook && { webhook: { url: webhook.url, secret: "" } }),
    };
    this.#sql.exec(
      `INSERT INTO keys (id, created_at, info) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET info = excluded.info`,
      info.id,
      info.createdAt,
      JSON.stringify(listed),
    );
  }

  async find(id: string): Promise<ApiKeyInfo | undefined> {
    return this.#read("SELECT info FROM keys WHERE id = ?", id)[0];
  }

  /** Newest first. */
  async list(): Promise<ApiKeyInfo[]> {
    return this.#read("SELECT info FROM keys ORDER BY created_at DESC, id");
  }

  #read(query: string, ...values: string[]): ApiKeyInfo[] {
    const rows = this.#sql.exec<{ info: string }>(query, ...values).toArray();
    return rows.map((row) => JSON.parse(row.info) as ApiKeyInfo);
  }
}

const random = (): string => toBase64Url(randomBytes(32));
