// Which jobs a token has, by age. Apart from its account, so that lists do not hold up creates.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.js";
import type { IndexEntry } from "../types.js";

const DAY = 24 * 60 * 60_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    job_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    removed_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_age ON entries (created_at, job_id) WHERE removed_at IS NULL;
  CREATE INDEX IF NOT EXISTS by_removal ON entries (removed_at) WHERE removed_at IS NOT NULL;`;

export interface Page {
  /** The job that the page before ended with. */
  after?: string;
  limit: number;
  order: "asc" | "desc";
}

export class JobIndex extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  #isMade: boolean;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    const tables = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'");
    this.#isMade = tables.toArray().length > 0;
  }

  /** What was removed does not come back. */
  async add(entry: IndexEntry): Promise<void> {
    if (!this.#isMade) this.#sql.exec(SCHEMA);
    this.#isMade = true;
    this.#sql.exec(
      "INSERT INTO entries (job_id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
      entry.jobId,
      entry.createdAt,
    );
  }

  /** Its row stays for a day: who erases the jobs of a page still asks for the page after it. */
  async remove(jobId: string): Promise<void> {
    if (!this.#isMade) return;
    const now = Date.now();
    this.#sql.exec(
      "UPDATE entries SET removed_at = ? WHERE job_id = ? AND removed_at IS NULL",
      now,
      jobId,
    );
    this.#sql.exec("DELETE FROM entries WHERE removed_at < ?", now - DAY);
  }

  /** `undefined`: nobody knows the job that the page is to begin after. */
  async list(page: Page): Promise<{ entries: IndexEntry[]; hasMore: boolean } | undefined> {
    const start = page.after === undefined ? undefined : this.#createdAt(page.after);
    if (page.after !== undefined && start === undefined) return undefined;
    if (!this.#isMade) return { entries: [], hasMore: false };
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
    if (!this.#isMade) return undefined;
    const rows = this.#sql.exec<{ at: number }>(
      "SELECT created_at AS at FROM entries WHERE job_id = ?",
      jobId,
    );
    return rows.toArray()[0]?.at;
  }
}
