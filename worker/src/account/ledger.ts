// An account's ledger in SQLite: one row for each reservation, and the sums by UTC day.
// It is synchronous, so that nothing runs between a check and its write.
import type { AccountReport, Billing, BillingResult, PendingReason, ReservationRequest } from "../types.js";
import { type Committed, dayOf, monthOf } from "./budget.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reservations (
    job_id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    idempotency_key TEXT,
    at INTEGER NOT NULL,
    micro_usd INTEGER,
    state TEXT NOT NULL DEFAULT 'open',
    reason TEXT,
    started INTEGER NOT NULL DEFAULT 0,
    joined INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS refusals (body_hash TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS refusals_by_body ON refusals (body_hash, at);
  CREATE INDEX IF NOT EXISTS by_key ON reservations (idempotency_key, at)
    WHERE idempotency_key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_body ON reservations (body_hash, at) WHERE idempotency_key IS NULL;
  CREATE INDEX IF NOT EXISTS by_state ON reservations (state, at);
  CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    jobs INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;`;

/** The maximum number of days, and of reservations, in a report. */
const REPORTED_DAYS = 92;
const REPORTED_OPEN = 1000;

type Row = { micro_usd: number | null; at: number; state: string; reason: string | null };

export class Ledger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** The job that was created with a key since then, and its body's hash. */
  byKey(key: string, since: number): { jobId: string; bodyHash: string } | undefined {
    return this.#first(
      `SELECT job_id AS jobId, body_hash AS bodyHash FROM reservations
       WHERE idempotency_key = ? AND at > ? ORDER BY at DESC LIMIT 1`,
      key,
      since,
    );
  }

  /**
   * Joins a retry to the latest job that was created by an equal body without a key since then, and that no retry of
   * that count or a higher one has joined: each of several equal requests finds a job of its own.
   */
  join(bodyHash: string, retryCount: number, since: number): string | undefined {
    const row = this.#first<{ job_id: string }>(
      `SELECT job_id FROM reservations
       WHERE idempotency_key IS NULL AND body_hash = ? AND at > ? AND joined < ? ORDER BY at DESC LIMIT 1`,
      bodyHash,
      since,
      retryCount,
    );
    if (row) this.#sql.exec("UPDATE reservations SET joined = ? WHERE job_id = ?", retryCount, row.job_id);
    return row?.job_id;
  }

  /** Remembers a request that was refused: its retry has no job to join. */
  addRefusal(bodyHash: string, now: number, since: number): void {
    this.#sql.exec("DELETE FROM refusals WHERE at <= ?", since);
    this.#sql.exec("INSERT INTO refusals (body_hash, at) VALUES (?, ?)", bodyHash, now);
  }

  /** Takes back one refusal of an equal body since then; returns whether there was one. */
  takeRefusal(bodyHash: string, since: number): boolean {
    const row = this.#first<{ id: number }>(
      "SELECT rowid AS id FROM refusals WHERE body_hash = ? AND at > ? LIMIT 1",
      bodyHash,
      since,
    );
    if (row) this.#sql.exec("DELETE FROM refusals WHERE rowid = ?", row.id);
    return row !== undefined;
  }

  /** The number of jobs that have not ended. */
  countOpen(): number {
    return this.#number("SELECT count(*) AS value FROM reservations WHERE state = 'open'") ?? 0;
  }

  /** What is spent or reserved in the day and the month of that time. */
  committed(now: number): Committed {
    const sum = (days: string) =>
      this.#number(`SELECT sum(spent + reserved) AS value FROM days WHERE day GLOB '${days}'`) ?? 0;
    return { day: sum(dayOf(now)), month: sum(`${monthOf(now)}-*`) };
  }

  reserve(request: ReservationRequest, now: number): void {
    this.#sql.exec(
      `INSERT INTO reservations (job_id, model, body_hash, idempotency_key, at, micro_usd)
       VALUES (?, ?, ?, ?, ?, ?)`,
      request.jobId,
      request.model,
      request.bodyHash,
      request.idempotencyKey ?? null,
      now,
      request.reservedMicroUsd,
    );
    this.#addToDay(now, { spent: 0, reserved: request.reservedMicroUsd ?? 0, jobs: 1 });
  }

  /** Records what a job cost, on the day of its reservation. */
  recordBilling(jobId: string, billing: Billing): BillingResult {
    const row = this.#row(jobId);
    if (!row) return "unknown";
    const { kind } = billing;
    const reason = kind === "pending" ? billing.reason : null;
    const isClosed = row.state === "charged" || row.state === "not_charged";
    const isKnown = row.state === kind && row.reason === reason;
    // What was not charged may be charged after all; what was charged stays so.
    if (isKnown || row.state === "charged" || (isClosed && kind === "pending")) return "already_recorded";
    this.#sql.exec("UPDATE reservations SET state = ?, reason = ? WHERE job_id = ?", kind, reason, jobId);
    const released = isClosed || kind === "pending" ? 0 : (row.micro_usd ?? 0);
    const spent = kind === "charged" ? billing.microUsd : 0;
    this.#addToDay(row.at, { spent, reserved: -released, jobs: 0 });
    return "recorded";
  }

  /** Jobs reserved up to then that are not known to have started. */
  unstarted(until: number, limit: number): string[] {
    const rows = this.#sql.exec<{ job_id: string }>(
      `SELECT job_id FROM reservations WHERE state = 'open' AND started = 0 AND at <= ?
       ORDER BY at LIMIT ?`,
      until,
      limit,
    );
    return rows.toArray().map((row) => row.job_id);
  }

  markStarted(jobId: string): void {
    this.#sql.exec("UPDATE reservations SET started = 1 WHERE job_id = ?", jobId);
  }

  /** Releases the reservation of a job that never started. */
  release(jobId: string): void {
    const row = this.#row(jobId);
    if (row?.state !== "open") return;
    this.#sql.exec("DELETE FROM reservations WHERE job_id = ?", jobId);
    this.#addToDay(row.at, { spent: 0, reserved: -(row.micro_usd ?? 0), jobs: -1 });
  }

  /** Deletes closed jobs that were reserved up to then; their sums stay. */
  deleteClosed(until: number): void {
    this.#sql.exec("DELETE FROM reservations WHERE state IN ('charged', 'not_charged') AND at <= ?", until);
  }

  /** When the oldest job that is not known to have started was reserved, and the oldest closed one. */
  oldest(): { unstarted: number | undefined; closed: number | undefined } {
    const min = (where: string) =>
      this.#number(`SELECT min(at) AS value FROM reservations WHERE ${where}`);
    return {
      unstarted: min("state = 'open' AND started = 0"),
      closed: min("state IN ('charged', 'not_charged')"),
    };
  }

  report(now: number): Pick<AccountReport, "days" | "month" | "open"> {
    const days = this.#sql.exec<AccountReport["days"][number]>(
      `SELECT day, spent AS spentMicroUsd, reserved AS reservedMicroUsd, jobs FROM days
       ORDER BY day DESC LIMIT ?`,
      REPORTED_DAYS,
    );
    const month = this.#sql.exec<{ spentMicroUsd: number | null; reservedMicroUsd: number | null }>(
      `SELECT sum(spent) AS spentMicroUsd, sum(reserved) AS reservedMicroUsd FROM days
       WHERE day GLOB ?`,
      `${monthOf(now)}-*`,
    );
    const { spentMicroUsd, reservedMicroUsd } = month.one();
    return {
      days: days.toArray(),
      month: {
        month: monthOf(now),
        spentMicroUsd: spentMicroUsd ?? 0,
        reservedMicroUsd: reservedMicroUsd ?? 0,
      },
      open: this.#open(),
    };
  }

  /** Oldest first, so that the limit never hides the oldest. */
  #open(): AccountReport["open"] {
    type Open = { job_id: string; model: string; micro_usd: number | null; at: number; reason: PendingReason | null };
    const rows = this.#sql.exec<Open>(
      `SELECT job_id, model, micro_usd, at, reason FROM reservations WHERE state IN ('open', 'pending')
       ORDER BY at, state DESC LIMIT ?`,
      REPORTED_OPEN,
    );
    return rows.toArray().map((row) => ({
      jobId: row.job_id,
      model: row.model,
      microUsd: row.micro_usd ?? 0,
      reservedAt: row.at,
      ...(row.reason && { pendingReason: row.reason }),
    }));
  }

  #addToDay(at: number, more: { spent: number; reserved: number; jobs: number }): void {
    this.#sql.exec(
      `INSERT INTO days (day, spent, reserved, jobs) VALUES (?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET spent = spent + excluded.spent,
         reserved = reserved + excluded.reserved, jobs = jobs + excluded.jobs`,
      dayOf(at),
      more.spent,
      more.reserved,
      more.jobs,
    );
  }

  #row(jobId: string): Row | undefined {
    return this.#first<Row>(
      "SELECT micro_usd, at, state, reason FROM reservations WHERE job_id = ?",
      jobId,
    );
  }

  #number(query: string): number | undefined {
    return this.#sql.exec<{ value: number | null }>(query).one().value ?? undefined;
  }

  #first<T extends Record<string, SqlStorageValue>>(
    query: string,
    ...values: SqlStorageValue[]
  ): T | undefined {
    return this.#sql.exec<T>(query, ...values).toArray()[0];
  }
}
