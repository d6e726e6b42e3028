// The account of one API key: reserves and records what its jobs cost. The object's name is the key's hash.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { jobOf } from "../stubs.js";
import type {
  AccountReport,
  AccountRpc,
  ApiErrorDetails,
  ApiKeyInfo,
  Billing,
  BillingResult,
  KeyChange,
  Reservation,
  ReservationRequest,
} from "../types.js";
import { budgetError } from "./budget.js";
import { applyChange } from "./change.js";
import { Ledger } from "./ledger.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long an idempotency key names its job. */
const IDEMPOTENCY_KEY_TTL_MS = 24 * HOUR;
/** How long a retry without a key finds the job of an equal body. */
const RETRY_TTL_MS = 10 * MINUTE;
/** A job that has not started after this is reclaimed. */
const START_TIMEOUT_MS = 10 * MINUTE;
/** How many jobs one sweep checks. */
const SWEEP_BATCH = 100;

const INFO_KEY = "info";

export class Account extends DurableObject<Env> implements AccountRpc {
  #info: ApiKeyInfo | undefined;
  #ledger: Ledger | undefined;
  #isAlarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // Only reads: guessing keys creates no storage.
    this.#info = ctx.storage.kv.get<ApiKeyInfo>(INFO_KEY);
    if (!this.#info) return;
    this.#ledger = new Ledger(ctx.storage.sql);
    void ctx.blockConcurrencyWhile(async () => {
      this.#isAlarmSet = (await ctx.storage.getAlarm()) !== null;
    });
  }

  /** Creates the account, or replaces its limits. A revoked key stays revoked. */
  async open(info: ApiKeyInfo): Promise<void> {
    const revokedAt = this.#info?.revokedAt ?? info.revokedAt;
    this.#save({ ...info, ...(revokedAt !== undefined && { revokedAt }) });
    this.#ledger ??= new Ledger(this.ctx.storage.sql);
  }

  /** Atomic: of several concurrent changes, each applies. `undefined`: the key does not exist. */
  async change(change: KeyChange): Promise<ApiKeyInfo | undefined> {
    if (this.#info) this.#save(applyChange(this.#info, change));
    return this.#info;
  }

  async revoke(at: number): Promise<void> {
    if (this.#info && this.#info.revokedAt === undefined) {
      this.#save({ ...this.#info, revokedAt: at });
    }
  }

  async info(): Promise<ApiKeyInfo | undefined> {
    return this.#info;
  }

  /**
   * Reserves the cost of a job, or returns why it may not start. It contains no `await`, so no other call runs between
   * the sums and the reservation; the engine holds the response back until the writes are durable.
   */
  async reserve(request: ReservationRequest): Promise<Reservation> {
    const info = this.#info;
    const ledger = this.#ledger;
    if (!info || !ledger || info.revokedAt !== undefined) return { error: REVOKED };
    const now = Date.now();
    const duplicate = this.#findDuplicate(ledger, request, now);
    if (duplicate) return duplicate;
    const error = limitError(info, ledger, request, now);
    if (error) {
      if (request.idempotencyKey === undefined) ledger.addRefusal(request.bodyHash, now, now - RETRY_TTL_MS);
      return { error };
    }
    ledger.reserve(request, now);
    this.#scheduleAlarm(START_TIMEOUT_MS);
    return { jobId: request.jobId, isNew: true };
  }

  /** Records what a job cost. Idempotent. */
  async recordBilling(jobId: string, billing: Billing): Promise<BillingResult> {
    const result = this.#ledger?.recordBilling(jobId, billing) ?? "unknown";
    if (result === "unknown") log("reconciled_unknown_job", { job: jobId, ...this.#logFields() });
    return result;
  }

  async report(): Promise<AccountReport | undefined> {
    if (!this.#info || !this.#ledger) return undefined;
    const { hash: _hash, webhook, ...key } = this.#info;
    return {
      key: { ...key, ...(webhook && { webhookUrl: webhook.url }) },
      ...this.#ledger.report(Date.now()),
    };
  }

  /** Reclaims jobs that never started, and deletes those that closed long ago. */
  override async alarm(): Promise<void> {
    const ledger = this.#ledger;
    if (!ledger) return;
    const unstarted = ledger.unstarted(Date.now() - START_TIMEOUT_MS, SWEEP_BATCH);
    await Promise.all(unstarted.map((jobId) => this.#reclaim(ledger, jobId)));
    ledger.deleteClosed(Date.now() - IDEMPOTENCY_KEY_TTL_MS);
    await this.#rescheduleAlarm(ledger);
  }

  #findDuplicate(
    ledger: Ledger,
    request: ReservationRequest,
    now: number,
  ): Reservation | undefined {
    if (request.idempotencyKey !== undefined) {
      const known = ledger.byKey(request.idempotencyKey, now - IDEMPOTENCY_KEY_TTL_MS);
      if (!known) return undefined;
      if (known.bodyHash !== request.bodyHash) return { error: KEY_REUSED };
      return { jobId: known.jobId, isNew: false };
    }
    const { bodyHash, retryCount } = request;
    const since = now - RETRY_TTL_MS;
    // The first attempt of a refused request made no job: its retry must not receive another request's.
    if (retryCount === 0 || ledger.takeRefusal(bodyHash, since)) return undefined;
    const known = ledger.join(bodyHash, retryCount, since);
    return known === undefined ? undefined : { jobId: known, isNew: false };
  }

  async #reclaim(ledger: Ledger, jobId: string): Promise<void> {
    try {
      if (await jobOf(this.env, jobId).abandon()) ledger.release(jobId);
      else ledger.markStarted(jobId);
    } catch (error) {
      // The next alarm retries it.
      log("error", { step: "sweep", job: jobId, code: errorCode(error), ...this.#logFields() });
    }
  }

  #scheduleAlarm(ms: number): void {
    if (this.#isAlarmSet) return;
    this.#isAlarmSet = true;
    void this.ctx.storage.setAlarm(Date.now() + ms);
  }

  /** At least a minute later if a job could not be checked, and an hour later if rows only expire. */
  async #rescheduleAlarm(ledger: Ledger): Promise<void> {
    const now = Date.now();
    const { unstarted, closed } = ledger.oldest();
    const next = Math.min(
      unstarted === undefined ? Infinity : Math.max(unstarted + START_TIMEOUT_MS, now + MINUTE),
      closed === undefined ? Infinity : Math.max(closed + IDEMPOTENCY_KEY_TTL_MS, now) + HOUR,
    );
    this.#isAlarmSet = next !== Infinity;
    if (this.#isAlarmSet) await this.ctx.storage.setAlarm(next);
  }

  #logFields(): { key?: string } {
    return this.#info ? { key: this.#info.id } : {};
  }

  #save(info: ApiKeyInfo): void {
    this.#info = { ...info, version: (this.#info?.version ?? 0) + 1 };
    this.ctx.storage.kv.put(INFO_KEY, this.#info);
  }
}

/** Why a new job may not start. */
function limitError(info: ApiKeyInfo, ledger: Ledger, request: ReservationRequest, now: number) {
  const allowed = info.models?.includes(request.model) ?? !isRaw(request.model);
  if (!allowed) return info.models ? modelNotAllowed(info.models) : RAW_MODEL_NOT_ALLOWED;
  if (info.maxConcurrentJobs !== undefined && ledger.countOpen() >= info.maxConcurrentJobs) {
    return tooManyJobs(info.maxConcurrentJobs);
  }
  return budgetError(info, ledger.committed(now), request.reservedMicroUsd);
}

/** An id that the catalog does not have, such as `runpod:my-endpoint`: it may be any program of the operator's. */
const isRaw = (model: string): boolean => model.includes(":");

const RAW_MODEL_NOT_ALLOWED: ApiErrorDetails = {
  status: 403,
  code: "model_not_allowed",
  message: "This API key may use the models of the catalog. Ask your admin to name this one in the key's `models`.",
  param: "model",
};

const modelNotAllowed = (models: string[]): ApiErrorDetails => ({
  status: 403,
  code: "model_not_allowed",
  message: `This API key is not allowed to use that model. It allows: ${models.join(", ")}.`,
  param: "model",
});

const tooManyJobs = (max: number): ApiErrorDetails => ({
  status: 429,
  code: "concurrency_limit_exceeded",
  message: `This API key allows ${max} concurrent jobs. Wait until one has ended.`,
  retryAfterSeconds: 10,
});

const REVOKED: ApiErrorDetails = {
  status: 401,
  code: "invalid_token",
  message: "This API key is unknown or revoked. Ask your admin for a new one.",
};

const KEY_REUSED: ApiErrorDetails = {
  status: 422,
  code: "idempotency_key_reused",
  message: "This Idempotency-Key was used with a different body. Use a new key for each request.",
  param: "Idempotency-Key",
};
