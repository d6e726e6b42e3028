// An account's books in SQLite: one row for each job that was let in, and the sums by UTC day.
// All of it is synchronous, so that nothing comes between a check and its write.
import type { AccountReport, Admission, Billing } from "../types.js";
import { type Taken, dayOf, monthOf } from "./budget.js";

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
    begun INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
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

/** How many days, and how many reservations, a report shows. */
const REPORTED_DAYS = 92;
const REPORTED_OPEN = 1000;

/** What was made of a billing; `unknown`: there is no such job, or it closed long ago. */
export type Booked = "recorded" | "already_recorded" | "unknown";

type Row = { micro_usd: number | null; at: number; state: string; reason: string | null };

export class Ledger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** The job that a key brought since then, and its body's hash. */
  byKey(key: string, since: number): { jobId: string; bodyHash: string } | undefined {
    return this.#first(
      `SELECT job_id AS jobId, body_hash AS bodyHash FROM reservations
       WHERE idempotency_key = ? AND at > ? ORDER BY at DESC LIMIT 1`,
      key,
      since,
    );
  }

  /** The last job that a body without a key brought since then. */
  byBody(bodyHash: string, since: number): string | undefined {
    const row = this.#first<{ job_id: string }>(
      `SELECT job_id FROM reservations
       WHERE idempotency_key IS NULL AND body_hash = ? AND at > ? ORDER BY at DESC LIMIT 1`,
      bodyHash,
      since,
    );
    return row?.job_id;
  }

  /** How many jobs have not ended. */
  countOpen(): number {
    return this.#number("SELECT count(*) AS value FROM reservations WHERE state = 'open'") ?? 0;
  }

  /** What is spent or reserved in the day and the month of that moment. */
  taken(now: number): Taken {
    const sum = (days: string) =>
      this.#number(`SELECT sum(spent + reserved) AS value FROM days WHERE day GLOB '${days}'`) ?? 0;
    return { day: sum(dayOf(now)), month: sum(`${monthOf(now)}-*`) };
  }

  reserve(ask: Admission, now: number): void {
    this.#sql.exec(
      `INSERT INTO reservations (job_id, model, body_hash, idempotency_key, at, micro_usd)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ask.jobId,
      ask.model,
      ask.bodyHash,
      ask.idempotencyKey ?? null,
      now,
      ask.reservedMicroUsd,
    );
    this.#addToDay(now, { spent: 0, reserved: ask.reservedMicroUsd ?? 0, jobs: 1 });
  }

  /** Books what a job came to, on the day of its reservation; says what was made of it. */
  settle(jobId: string, billing: Billing): Booked {
    const row = this.#row(jobId);
    if (!row) return "unknown";
    const { kind } = billing;
    const reason = kind === "pending" ? billing.reason : null;
    const isClosed = row.state === "charged" || row.state === "not_charged";
    const isKnown = row.state === kind && row.reason === reason;
    // What was free may turn out to be billed after all; what was spent stays so.
    if (isKnown || row.state === "charged" || (isClosed && kind === "pending")) return "already_recorded";
    this.#sql.exec("UPDATE reservations SET state = ?, reason = ? WHERE job_id = ?", kind, reason, jobId);
    const released = isClosed || kind === "pending" ? 0 : (row.micro_usd ?? 0);
    const spent = kind === "charged" ? billing.microUsd : 0;
    this.#addToDay(row.at, { spent, reserved: -released, jobs: 0 });
    return "recorded";
  }

  /** Jobs let in up to then of which it is not known that they began. */
  unbegun(until: number, limit: number): string[] {
    const rows = this.#sql.exec<{ job_id: string }>(
      `SELECT job_id FROM reservations WHERE state = 'open' AND begun = 0 AND at <= ?
       ORDER BY at LIMIT ?`,
      until,
      limit,
    );
    return rows.toArray().map((row) => row.job_id);
  }

  markBegun(jobId: string): void {
    this.#sql.exec("UPDATE reservations SET begun = 1 WHERE job_id = ?", jobId);
  }

  /** Takes back a job that never began. */
  release(jobId: string): void {
    const row = this.#row(jobId);
    if (row?.state !== "open") return;
    this.#sql.exec("DELETE FROM reservations WHERE job_id = ?", jobId);
    this.#addToDay(row.at, { spent: 0, reserved: -(row.micro_usd ?? 0), jobs: -1 });
  }

  /** Forgets closed jobs let in up to then; their sums stay. */
  forget(until: number): void {
    this.#sql.exec("DELETE FROM reservations WHERE state IN ('charged', 'not_charged') AND at <= ?", until);
  }

  /** When the oldest job was let in of which it is not known that it began, and the oldest closed one. */
  oldest(): { unbegun: number | undefined; closed: number | undefined } {
    const min = (where: string) =>
      this.#number(`SELECT min(at) AS value FROM reservations WHERE ${where}`);
    return {
      unbegun: min("state = 'open' AND begun = 0"),
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

  /** Oldest first: who waits longest is seen, however many there are. */
  #open(): AccountReport["open"] {
    type Open = { job_id: string; model: string; micro_usd: number | null; at: number; reason: Reason };
    type Reason = "submission_unknown" | "charge_unknown" | null;
    const rows = this.#sql.exec<Open>(
      `SELECT job_id, model, micro_usd, at, reason FROM reservations WHERE state IN ('open', 'pending')
       ORDER BY at LIMIT ?`,
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
