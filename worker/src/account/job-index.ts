// The list of an API key's jobs, by age. Separate from its account, so that lists do not delay creates.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.js";
import type { IndexEntry, JobIndexRpc, Page } from "../types.js";

const DAY = 24 * 60 * 60_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    job_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    removed_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_age ON entries (created_at, job_id) WHERE removed_at IS NULL;
  CREATE INDEX IF NOT EXISTS by_removal ON entries (removed_at) WHERE removed_at IS NOT NULL;`;

export class JobIndex extends DurableObject<Env> implements JobIndexRpc {
  readonly #sql: SqlStorage;
  #hasTables: boolean;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    const tables = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'");
    this.#hasTables = tables.toArray().length > 0;
  }

  /** A job that was removed is not added again. */
  async add(entry: IndexEntry): Promise<void> {
    if (!this.#hasTables) this.#sql.exec(SCHEMA);
    this.#hasTables = true;
    this.#sql.exec(
      "INSERT INTO entries (job_id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
      entry.jobId,
      entry.createdAt,
    );
  }

  /** The row stays for a day: a client that deletes the jobs of a page can still request the page after it. */
  async remove(jobId: string): Promise<void> {
    if (!this.#hasTables) return;
    const now = Date.now();
    this.#sql.exec(
      "UPDATE entries SET removed_at = ? WHERE job_id = ? AND removed_at IS NULL",
      now,
      jobId,
    );
    this.#sql.exec("DELETE FROM entries WHERE removed_at < ?", now - DAY);
  }

  /** `undefined`: the job of `after` is unknown. */
  async list(page: Page): Promise<{ entries: IndexEntry[]; hasMore: boolean } | undefined> {
    const start = page.after === undefined ? undefined : this.#createdAt(page.after);
    if (page.after !== undefined && start === undefined) return undefined;
    if (!this.#hasTables) return { entries: [], hasMore: false };
    const [beyond, order] = page.order === "asc" ? [">", "ASC"] : ["<", "DESC"];
    const entries = this.#sql
      .exec<{ jobId: string; createdAt: number }>(
        `SELECT job_id AS jobId, created_at AS createdAt FROM entries
         WHERE removed_at IS NULL ${start === undefined ? "" : `AND (created_at, job_id) ${beyond} (?, ?)`}
         ORDER BY created_at ${order}, job_id ${order} LIMIT ?`,
        ...(start === undefined ? [] : [start, page.after ?? ""]),
        page.limit + 1,
      )
      .toArray();
    return { entries: entries.slice(0, page.limit), hasMore: entries.length > page.limit };
  }

  #createdAt(jobId: string): number | undefined {
    if (!this.#hasTables) return undefined;
    const rows = this.#sql.exec<{ at: number }>(
      "SELECT created_at AS at FROM entries WHERE job_id = ?",
      jobId,
    );
    return rows.toArray()[0]?.at;
  }
}
