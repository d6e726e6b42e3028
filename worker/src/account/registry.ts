// What the gateway has once: its secrets, and the list of its tokens. No create and no read waits for it
// but the first of an isolate.
import { DurableObject } from "cloudflare:workers";
import { randomBytes, toBase64Url } from "../encoding.js";
import type { Env } from "../env.js";
import type { TokenFacts } from "../types.js";

/** Random, made at the first need, kept for ever. */
export interface Secrets {
  /** Vouches for the providers' webhooks. */
  webhook: string;
  /** Signs addresses. */
  signing: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    facts TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`;

export class Registry extends DurableObject<Env> {
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
    const made = { webhook: random(), signing: random() };
    kv.put("secrets", made);
    return made;
  }

  /** Enters a token, or what is new of it; who was revoked stays so. A webhook's secret stays with its account. */
  async put({ webhook, ...facts }: TokenFacts): Promise<void> {
    const [known] = this.#read("SELECT facts FROM tokens WHERE id = ?", facts.id);
    // Two changes may come here in another order than they were made in.
    if ((known?.version ?? 0) > (facts.version ?? 0)) return;
    const revokedAt = known?.revokedAt ?? facts.revokedAt;
    const listed = {
      ...facts,
      ...(revokedAt !== undefined && { revokedAt }),
      ...(webhook && { webhook: { url: webhook.url, secret: "" } }),
    };
    this.#sql.exec(
      `INSERT INTO tokens (id, created_at, facts) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET facts = excluded.facts`,
      facts.id,
      facts.createdAt,
      JSON.stringify(listed),
    );
  }

  async find(id: string): Promise<TokenFacts | undefined> {
    return this.#read("SELECT facts FROM tokens WHERE id = ?", id)[0];
  }

  /** Newest first. */
  async list(): Promise<TokenFacts[]> {
    return this.#read("SELECT facts FROM tokens ORDER BY created_at DESC, id");
  }

  #read(query: string, ...values: string[]): TokenFacts[] {
    const rows = this.#sql.exec<{ facts: string }>(query, ...values).toArray();
    return rows.map((row) => JSON.parse(row.facts) as TokenFacts);
  }
}

const random = (): string => toBase64Url(randomBytes(32));
