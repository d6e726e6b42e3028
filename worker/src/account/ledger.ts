// An account's ledger in SQLite: one row for each reservation, and the sums by UTC day, by API key and by model.
// It is synchronous, so that nothing runs between a check and its write.
import type { ProviderId } from "filmgate";
import type { ReservationRequest } from "../rpc.js";
import type {
  AccountReport,
  Billing,
  BillingResult,
  PendingCause,
  PendingReason,
  UsageRow,
} from "../types.js";
import { type Committed, dayOf, monthOf } from "./budget.js";
import { partOfRound } from "./round-part.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reservations (
    job_id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    usage_key TEXT NOT NULL,
    spend_ids TEXT NOT NULL,
    model TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    idempotency_key TEXT,
    at INTEGER NOT NULL,
    micro_usd INTEGER,
    state TEXT NOT NULL DEFAULT 'open',
    reason TEXT,
    started INTEGER NOT NULL DEFAULT 0,
    joined INTEGER NOT NULL DEFAULT 0,
    is_estimate INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS refused_attempts (
    body_hash TEXT NOT NULL,
    retry_count INTEGER NOT NULL,
    due INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS refused_by_body ON refused_attempts (body_hash, retry_count, due);
  CREATE INDEX IF NOT EXISTS by_key ON reservations (idempotency_key, at)
    WHERE idempotency_key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_body ON reservations (body_hash, at) WHERE idempotency_key IS NULL;
  CREATE INDEX IF NOT EXISTS by_state ON reservations (state, at);
  CREATE INDEX IF NOT EXISTS unsettled ON reservations (at, job_id) WHERE settled = 0;
  CREATE TABLE IF NOT EXISTS lost_webhooks (
    job_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    jobs INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS usage (
    day TEXT NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    jobs INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, key_id, model)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS key_sums (
    spend_id TEXT PRIMARY KEY,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;`;

/** Closed jobs whose billing never changes, and those that a late report of the provider may correct. */
const FINAL = "state = 'charged' AND is_estimate = 0";
const CORRECTABLE = "(state = 'not_charged' OR (state = 'charged' AND is_estimate = 1))";

/** How long after it is due a retry may arrive: its body may take half a minute, and wait for room. Then it was given up. */
const MAX_LATENESS_MS = 60_000;

/** The maximum number of days, and of reservations of each state, in a report. */
const REPORTED_DAYS = 92;
const REPORTED_OPEN = 1000;
/** How long a webhook that was given up is reported. */
const LOST_WEBHOOK_MS = 7 * 24 * 60 * 60_000;

type Row = {
  micro_usd: number | null;
  at: number;
  state: string;
  /** Of a pending charge: reason, error code and provider, separated by spaces. */
  reason: string | null;
  is_estimate: number;
  model: string;
  usage_key: string;
  /** JSON */
  spend_ids: string;
};

/** What a reservation counts towards. */
export interface Counted {
  /** The key that the report names: of a minted key, the one that minted it. */
  usageKey: string;
  /** The sums that limit what keys may cost. */
  spendIds: string[];
}

const toText = ({ reason, code, provider }: PendingCause): string => [reason, code, provider].filter(Boolean).join(" ");

const reported = (text: string) => {
  const [pendingReason, code, provider] = text.split(" ") as [PendingReason, string, ProviderId];
  return { pendingReason, code, provider };
};

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
   * Joins a retry to a job that was created by an equal body without a key since then, and that no retry of that count
   * or a higher one has created or joined: each of several equal requests finds a job of its own. That of the attempt just
   * before it comes first, and then the latest.
   */
  join(bodyHash: string, retryCount: number, since: number): string | undefined {
    const row = this.#first<{ job_id: string }>(
      `SELECT job_id FROM reservations
       WHERE idempotency_key IS NULL AND body_hash = ? AND at > ? AND joined < ?
       ORDER BY joined DESC, at DESC LIMIT 1`,
      bodyHash,
      since,
      retryCount,
    );
    if (row) this.#sql.exec("UPDATE reservations SET joined = ? WHERE job_id = ?", retryCount, row.job_id);
    return row?.job_id;
  }

  /** Remembers a refused attempt, whose retry has no job to join. `due`: the earliest time of that retry. */
  addRefusal(bodyHash: string, retryCount: number, due: number, now: number): void {
    this.#sql.exec("DELETE FROM refused_attempts WHERE due <= ?", now - MAX_LATENESS_MS);
    this.#sql.exec(
      "INSERT INTO refused_attempts (body_hash, retry_count, due) VALUES (?, ?, ?)",
      bodyHash,
      retryCount,
      due,
    );
  }

  /**
   * Takes back the refusal of the attempt before this one, if a retry of it is due; returns whether there was one. The
   * latest is taken: an earlier one is the likelier to have been given up.
   */
  takeRefusal(bodyHash: string, retryCount: number, now: number): boolean {
    const row = this.#first<{ id: number }>(
      `SELECT rowid AS id FROM refused_attempts
       WHERE body_hash = ? AND retry_count = ? AND due <= ? AND due > ? ORDER BY due DESC LIMIT 1`,
      bodyHash,
      retryCount - 1,
      now,
      now - MAX_LATENESS_MS,
    );
    if (row) this.#sql.exec("DELETE FROM refused_attempts WHERE rowid = ?", row.id);
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

  /** What the keys of a sum have cost, and what is reserved for them. */
  committedBy(spendId: string): number {
    const row = this.#first<{ value: number }>(
      "SELECT spent + reserved AS value FROM key_sums WHERE spend_id = ?",
      spendId,
    );
    return row?.value ?? 0;
  }

  /** Forgets the sums of keys that are gone. */
  forgetKeys(spendIds: string[]): void {
    for (const id of spendIds) this.#sql.exec("DELETE FROM key_sums WHERE spend_id = ? AND reserved = 0", id);
  }

  reserve(request: ReservationRequest, { usageKey, spendIds }: Counted, now: number): void {
    const { model, reservedMicroUsd: micro_usd } = request;
    const row = { at: now, model, usage_key: usageKey, spend_ids: JSON.stringify(spendIds) };
    this.#sql.exec(
      `INSERT INTO reservations
         (job_id, key_id, usage_key, spend_ids, model, body_hash, idempotency_key, joined, at, micro_usd)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      request.jobId,
      request.keyId,
      row.usage_key,
      row.spend_ids,
      model,
      request.bodyHash,
      request.idempotencyKey ?? null,
      request.retryCount ?? 0,
      now,
      micro_usd,
    );
    this.#add(row, { spent: 0, reserved: micro_usd ?? 0, jobs: 1 });
  }

  /** Records what a job cost, on the day of its reservation. */
  recordBilling(jobId: string, billing: Billing): BillingResult {
    const row = this.#row(jobId);
    if (!row) return "unknown";
    const { kind } = billing;
    const reason = kind === "pending" ? toText(billing) : null;
    const isClosed = row.state === "charged" || row.state === "not_charged";
    const isEstimate = kind === "charged" && billing.isEstimate;
    const isKnown = row.state === kind && row.reason === reason && Boolean(row.is_estimate) === isEstimate;
    // What was not charged may be charged after all; what was charged stays so, unless it was an estimate.
    const isFixed = row.state === "charged" && (!row.is_estimate || isEstimate);
    if (isKnown || isFixed || (isClosed && kind === "pending")) return "already_recorded";
    this.#sql.exec(
      "UPDATE reservations SET state = ?, reason = ?, is_estimate = ?, settled = 0 WHERE job_id = ?",
      ...[kind, reason, Number(isEstimate), jobId],
    );
    const released = isClosed || kind === "pending" ? 0 : (row.micro_usd ?? 0);
    // An estimate is the reserved amount.
    const spentBefore = row.state === "charged" ? (row.micro_usd ?? 0) : 0;
    const spent = (kind === "charged" ? billing.microUsd : 0) - spentBefore;
    this.#add(row, { spent, reserved: -released, jobs: 0 });
    return "recorded";
  }

  /** Jobs whose charge is unknown, by their ids, after one of them. */
  pending(limit: number, after = ""): string[] {
    const rows = this.#sql.exec<{ job_id: string }>(
      "SELECT job_id FROM reservations WHERE state = 'pending' AND job_id > ? ORDER BY job_id LIMIT ?",
      after,
      limit,
    );
    return rows.toArray().map((row) => row.job_id);
  }

  /** Nothing of the job is left to do, unless its charge is unknown. A change of its billing is more to do. */
  settle(jobId: string): void {
    this.#sql.exec("UPDATE reservations SET settled = 1 WHERE job_id = ? AND state IN ('charged', 'not_charged')", jobId);
  }

  addLostWebhook(jobId: string, at: number, now: number): void {
    this.#sql.exec("DELETE FROM lost_webhooks WHERE at <= ?", now - LOST_WEBHOOK_MS);
    this.#sql.exec("INSERT OR IGNORE INTO lost_webhooks (job_id, at) VALUES (?, ?)", jobId, at);
  }

  /** Jobs reserved up to then of which something is left to do: another part of them in each round. */
  unsettled(limit: number, round: number, until: number): string[] {
    const from = "FROM reservations WHERE settled = 0 AND at <= ?";
    return partOfRound(this.#sql, { from, values: [until], id: "job_id", orderBy: "at, job_id" }, limit, round);
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
    this.#add(row, { spent: 0, reserved: -(row.micro_usd ?? 0), jobs: -1 });
  }

  /** Deletes settled jobs that were reserved up to these times; their sums stay. */
  deleteClosed(until: { final: number; correctable: number }): void {
    this.#sql.exec(`DELETE FROM reservations WHERE ${FINAL} AND settled = 1 AND at <= ?`, until.final);
    this.#sql.exec(`DELETE FROM reservations WHERE ${CORRECTABLE} AND settled = 1 AND at <= ?`, until.correctable);
  }

  /** When the oldest job of each kind was reserved. `unstarted`: it is not known to have started. */
  oldest(): Record<"unstarted" | "final" | "correctable", number | undefined> {
    const min = (where: string) =>
      this.#number(`SELECT min(at) AS value FROM reservations WHERE ${where}`);
    return {
      unstarted: min("state = 'open' AND started = 0"),
      final: min(FINAL),
      correctable: min(CORRECTABLE),
    };
  }

  report(now: number): AccountReport {
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
    const dayList = days.toArray();
    return {
      days: dayList,
      month: {
        month: monthOf(now),
        spentMicroUsd: spentMicroUsd ?? 0,
        reservedMicroUsd: reservedMicroUsd ?? 0,
      },
      usage: this.usage(dayList.at(-1)?.day ?? "", dayList.at(0)?.day ?? ""),
      open: this.#open(),
      lostWebhooks: this.#number(`SELECT count(*) AS value FROM lost_webhooks WHERE at > ${now - LOST_WEBHOOK_MS}`) ?? 0,
    };
  }

  /** The days by key and model, from a UTC day to another, both included, newest first. */
  usage(from: string, to: string): UsageRow[] {
    const rows = this.#sql.exec<{ [K in keyof UsageRow]: UsageRow[K] }>(
      `SELECT day, key_id AS keyId, model, spent AS spentMicroUsd, reserved AS reservedMicroUsd, jobs FROM usage
       WHERE day BETWEEN ? AND ? ORDER BY day DESC, key_id, model`,
      from,
      to,
    );
    return rows.toArray();
  }

  /** Oldest first, so that the limit never hides the oldest. Unknown charges stay for long: they hide no running job. */
  #open(): AccountReport["open"] {
    type Open = { job_id: string; key_id: string; model: string; micro_usd: number | null; at: number; reason: string | null };
    const oldest = (state: "open" | "pending") =>
      this.#sql.exec<Open>(
        `SELECT job_id, key_id, model, micro_usd, at, reason FROM reservations WHERE state = ? ORDER BY at LIMIT ?`,
        state,
        REPORTED_OPEN,
      );
    const rows = [...oldest("pending"), ...oldest("open")].sort((one, other) => one.at - other.at);
    return rows.map((row) => ({
      jobId: row.job_id,
      keyId: row.key_id,
      model: row.model,
      microUsd: row.micro_usd ?? 0,
      reservedAt: row.at,
      ...(row.reason !== null && reported(row.reason)),
    }));
  }

  /** Adds to the sums of a reservation: of its day, of its key and model on that day, and of what its keys may cost. */
  #add(
    { at, model, usage_key, spend_ids }: Pick<Row, "at" | "model" | "usage_key" | "spend_ids">,
    { spent, reserved, jobs }: { spent: number; reserved: number; jobs: number },
  ): void {
    const day = dayOf(at);
    this.#sql.exec(
      `INSERT INTO days (day, spent, reserved, jobs) VALUES (?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET spent = spent + excluded.spent,
         reserved = reserved + excluded.reserved, jobs = jobs + excluded.jobs`,
      ...[day, spent, reserved, jobs],
    );
    this.#sql.exec(
      `INSERT INTO usage (day, key_id, model, spent, reserved, jobs) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (day, key_id, model) DO UPDATE SET spent = spent + excluded.spent,
         reserved = reserved + excluded.reserved, jobs = jobs + excluded.jobs`,
      ...[day, usage_key, model, spent, reserved, jobs],
    );
    for (const id of JSON.parse(spend_ids) as string[]) {
      this.#sql.exec(
        `INSERT INTO key_sums (spend_id, spent, reserved) VALUES (?, ?, ?)
         ON CONFLICT (spend_id) DO UPDATE SET spent = spent + excluded.spent, reserved = reserved + excluded.reserved`,
        ...[id, spent, reserved],
      );
    }
  }

  #row(jobId: string): Row | undefined {
    return this.#first<Row>(
      `SELECT micro_usd, at, state, reason, is_estimate, model, usage_key, spend_ids FROM reservations
       WHERE job_id = ?`,
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
