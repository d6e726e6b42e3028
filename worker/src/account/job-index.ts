// The list of an account's jobs, by age, with a summary of each: a list wakes no job. Separate from its account, so that
// lists do not delay creates.
import type { Env } from "../env.js";
import { GatewayObject } from "../gateway-object.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import type { JobIndexRpc } from "../rpc.js";
import type { BatchPage, BatchSummary } from "../batch-types.js";
import type { ChangeCursor, IndexChange, IndexEntry, IndexFilter, JobSummary, Page } from "../types.js";
import { Moment } from "./moment.js";
import { partOfRound } from "./round-part.js";

const DAY = 24 * 60 * 60_000;

/** `updated_at` is the job's clock, and `removed_at` this object's. */
const CHANGED_AT = "max(updated_at, coalesce(removed_at, 0))";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    job_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    stored_since INTEGER,
    key_id TEXT NOT NULL,
    user TEXT,
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_age ON entries (created_at, job_id) WHERE removed_at IS NULL;
  CREATE INDEX IF NOT EXISTS by_removal ON entries (removed_at) WHERE removed_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_change ON entries (${CHANGED_AT});
  CREATE INDEX IF NOT EXISTS by_end ON entries (stored_since) WHERE stored_since IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_key_and_end ON entries (key_id, stored_since) WHERE stored_since IS NOT NULL;`;

/** Apart from the jobs' table: most accounts have no batch. */
const BATCHES = `
  CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    user TEXT,
    is_open INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS batches_by_age ON batches (created_at, id);`;

const PUT_BATCH = `
  INSERT INTO batches (id, created_at, user, is_open) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET is_open = min(is_open, excluded.is_open)`;

/** A later version replaces an earlier one, in whatever order they arrive. What was removed never comes back. */
const PUT = `
  INSERT INTO entries (job_id, created_at, version, updated_at, stored_since, key_id, user, model, status, summary)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (job_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at,
    stored_since = excluded.stored_since, status = excluded.status, summary = excluded.summary
  WHERE removed_at IS NULL AND entries.version < excluded.version`;

/** Nothing of the job stays but its place in the list. */
const REMOVE = `
  INSERT INTO entries (job_id, created_at, removed_at, version, updated_at, key_id, model, status, summary)
  VALUES (?, ?, ?, 0, 0, '', '', '', '')
  ON CONFLICT (job_id) DO UPDATE SET removed_at = excluded.removed_at, stored_since = NULL, key_id = '',
    model = '', status = '', summary = ''
  WHERE removed_at IS NULL`;

export class JobIndex extends GatewayObject implements JobIndexRpc {
  readonly #sql: SqlStorage;
  #hasTables: boolean;
  #hasBatches: boolean;
  readonly #moment = new Moment();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "jobIndex");
    this.#sql = ctx.storage.sql;
    const tables = this.#sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const has = (wanted: string) => tables.some(({ name }) => name === wanted);
    this.#hasTables = has("entries");
    this.#hasBatches = has("batches");
  }

  /** Adds a job, or replaces its summary. */
  async put({ jobId, createdAt, version, updatedAt, keyId, model, status, text, ...more }: JobSummary): Promise<void> {
    const { storedSince = null, user = null } = more;
    await this.#moment.wait();
    this.#createTables();
    this.#sql.exec(PUT, jobId, createdAt, version, updatedAt, storedSince, keyId, user, model, status, text);
  }

  /** The row stays for a day: a client that deletes the jobs of a page can still request the page after it. */
  async remove(jobId: string, createdAt: number): Promise<void> {
    this.#createTables();
    const now = Date.now();
    this.#sql.exec(REMOVE, jobId, createdAt, now);
    this.#sql.exec("DELETE FROM entries WHERE removed_at < ?", now - DAY);
  }

  /** `undefined`: the job of `after` is unknown, or another user's. */
  async list(page: Page): Promise<{ entries: IndexEntry[]; hasMore: boolean } | undefined> {
    const { after, start = after === undefined ? undefined : await this.positionOf(after, page.filter?.user) } = page;
    if (after !== undefined && start === undefined) return undefined;
    if (!this.#hasTables) return { entries: [], hasMore: false };
    const [beyond, order] = page.order === "asc" ? [">", "ASC"] : ["<", "DESC"];
    const conditions = [
      "removed_at IS NULL",
      ...(start ? [`(created_at, job_id) ${beyond} (?, ?)`] : []),
      ...filterConditions(page.filter),
    ];
    const entries = this.#sql
      .exec<{ jobId: string; createdAt: number; keyId: string; summary: string }>(
        `SELECT job_id AS jobId, created_at AS createdAt, key_id AS keyId, summary FROM entries
         WHERE ${conditions.join(" AND ")}
         ORDER BY created_at ${order}, job_id ${order} LIMIT ?`,
        ...(start ? [start.createdAt, start.jobId] : []),
        ...filterValues(page.filter),
        page.limit + 1,
      )
      .toArray();
    return { entries: entries.slice(0, page.limit), hasMore: entries.length > page.limit };
  }

  /** Where a job is in the list, also for a day after it was removed. */
  async positionOf(jobId: string, user?: string): Promise<Page["start"]> {
    if (!this.#hasTables) return undefined;
    const rows = this.#sql.exec<{ at: number }>(
      `SELECT created_at AS at FROM entries WHERE job_id = ? ${user === undefined ? "" : "AND user = ?"}`,
      jobId,
      ...(user === undefined ? [] : [user]),
    );
    const [row] = rows.toArray();
    return row && { jobId, createdAt: row.at };
  }

  /** A page of the entries that have changed, oldest change first, after one of them. */
  async changedAfter({ at, jobId }: ChangeCursor, limit: number): Promise<IndexChange[]> {
    if (!this.#hasTables) return [];
    type Row = { jobId: string; createdAt: number; keyId: string; summary: string; at: number; removed: number };
    const rows = this.#sql.exec<Row>(
      `SELECT job_id AS jobId, created_at AS createdAt, key_id AS keyId, summary, ${CHANGED_AT} AS at,
         removed_at IS NOT NULL AS removed
       FROM entries WHERE ${CHANGED_AT} >= ? AND (${CHANGED_AT}, job_id) > (?, ?)
       ORDER BY ${CHANGED_AT}, job_id LIMIT ?`,
      ...[at, at, jobId, limit],
    );
    return rows.toArray().map(({ removed, ...change }) => ({ ...change, isRemoved: removed === 1 }));
  }

  /** Jobs that ended before then, or before the time of their key, and whose files are still stored, oldest first. */
  async storedBefore(until: number, limit: number, byKey: Record<string, number> = {}): Promise<string[]> {
    if (!this.#hasTables) return [];
    const find = (condition: string, ...values: SqlStorageValue[]) =>
      this.#sql
        .exec<{ jobId: string }>(
          `SELECT job_id AS jobId FROM entries WHERE ${condition} AND stored_since < ? ORDER BY stored_since LIMIT ?`,
          ...values,
          limit,
        )
        .toArray();
    const found = new Set(find("true", until).map(({ jobId }) => jobId));
    for (const [keyId, end] of Object.entries(byKey)) {
      if (found.size >= limit) break;
      for (const { jobId } of find("key_id = ?", keyId, end)) found.add(jobId);
    }
    return [...found].slice(0, limit);
  }

  /** Adds a batch, or whether it is open. */
  async putBatch({ batchId, createdAt, isOpen, ...more }: BatchSummary): Promise<void> {
    const { user = null } = more;
    this.#createTables();
    if (!this.#hasBatches) this.#sql.exec(BATCHES);
    this.#hasBatches = true;
    this.#sql.exec(PUT_BATCH, batchId, createdAt, user, isOpen ? 1 : 0);
  }

  /** Batches that are open, or so old that they should be gone: another part of them in each round. */
  async batchesToTend(limit: number, round: number, before: number): Promise<string[]> {
    if (!this.#hasBatches) return [];
    const from = "FROM batches WHERE is_open = 1 OR created_at < ?";
    return partOfRound(this.#sql, { from, values: [before], id: "id", orderBy: "created_at, id" }, limit, round);
  }

  async removeBatch(batchId: string): Promise<void> {
    this.#sql.exec("DELETE FROM batches WHERE id = ?", batchId);
  }

  /** `undefined`: the batch of `after` is unknown, or another user's. */
  async listBatches({ limit, after, ...more }: BatchPage): Promise<{ batchIds: string[]; hasMore: boolean } | undefined> {
    const { user = null } = more;
    const find = (where: string, ...values: SqlStorageValue[]) =>
      this.#hasBatches
        ? this.#sql.exec<{ id: string; at: number }>(`SELECT id, created_at AS at FROM batches WHERE ${where}`, ...values).toArray()
        : [];
    const [start] = after === undefined ? [] : find("id = ? AND user IS coalesce(?, user)", after, user);
    if (after !== undefined && !start) return undefined;
    const rows = find(
      `(created_at, id) < (?, ?) AND user IS coalesce(?, user) ORDER BY created_at DESC, id DESC LIMIT ?`,
      ...[start?.at ?? Number.MAX_SAFE_INTEGER, start?.id ?? "", user, limit + 1],
    );
    return { batchIds: rows.slice(0, limit).map(({ id }) => id), hasMore: rows.length > limit };
  }

  #createTables(): void {
    if (this.#hasTables) return;
    stampStorage(this.ctx.storage, "jobIndex");
    this.#sql.exec(SCHEMA);
    this.#hasTables = true;
  }
}

const COLUMNS = { keyId: "key_id", user: "user", model: "model", status: "status" } as const;
type Column = keyof typeof COLUMNS;
/** In the id, or in the prompt. A summary that cannot be read has none. */
const SEARCH = `(instr(job_id, ?) > 0 OR
  CASE WHEN json_valid(summary) THEN instr(lower(json_extract(summary, '$.prompt')), lower(?)) > 0 END)`;

const columnsOf = (filter: IndexFilter): Column[] =>
  (Object.keys(COLUMNS) as Column[]).filter((name) => filter[name] !== undefined);

const filterConditions = (filter: IndexFilter = {}): string[] => [
  ...columnsOf(filter).map((name) => `${COLUMNS[name]} = ?`),
  ...(filter.search === undefined ? [] : [SEARCH]),
];

const filterValues = (filter: IndexFilter = {}): string[] => [
  ...columnsOf(filter).map((name) => filter[name] ?? ""),
  ...(filter.search === undefined ? [] : [filter.search.replace(/^video_/, ""), filter.search]),
];
