// An account: its API keys, and what their jobs cost. The object's name is the account's id.
import type { Env } from "../env.js";
import { errorCode, isRetriedBySdks } from "../errors.js";
import { GatewayObject } from "../gateway-object.js";
import { log } from "../log.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import { jobOf, registryOf } from "../stubs.js";
import type { AccountRpc, AccountToTend, RepeatedRequest, Reservation, ReservationRequest } from "../rpc.js";
import type {
  AccountChange,
  AccountInfo,
  AccountReport,
  ApiErrorDetails,
  Billing,
  BillingResult,
  Caller,
  KeyChange,
  KeyInfo,
  KeyRotation,
  KeyState,
  Retention,
  UsageRow,
} from "../types.js";
import { budgetError, spendError } from "./budget.js";
import { applyAccountChange, applyKeyChange } from "./change.js";
import { CreateRate } from "./create-rate.js";
import { spendIdOf, stateOf } from "./key-state.js";
import { KeyTable } from "./key-table.js";
import { Ledger } from "./ledger.js";
import { Moment } from "./moment.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long an idempotency key names its job. */
const IDEMPOTENCY_KEY_TTL_MS = 24 * HOUR;
/** How long a retry without a key finds the job of an equal body. */
const RETRY_TTL_MS = 10 * MINUTE;
/** How much earlier than it was told to a retry may seem to come. */
const CLOCK_TOLERANCE_MS = 500;
/** How long a late report of the provider corrects an estimate, or what was not charged. */
const CORRECTION_TTL_MS = 30 * 24 * HOUR;
/** A job that has not started after this is reclaimed. */
const START_TIMEOUT_MS = 10 * MINUTE;
/** How many jobs one sweep checks. */
const SWEEP_BATCH = 100;

/** How exactly the last use of a key is known. */
const LAST_USED_STEP_MS = HOUR;

const INFO_KEY = "info";

/** What an account that exists has. */
interface Opened {
  info: AccountInfo;
  keys: KeyTable;
  ledger: Ledger;
}

export class Account extends GatewayObject implements AccountRpc {
  #opened: Opened | undefined;
  readonly #rate: CreateRate;
  /** When the alarm goes off. */
  #alarmAt: number | undefined;
  readonly #moment = new Moment();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "account");
    this.#rate = new CreateRate(this.env.CREATES_PER_MINUTE);
    // Only reads: guessing keys creates no storage.
    const info = ctx.storage.kv.get<AccountInfo>(INFO_KEY);
    if (!info) return;
    this.#opened = this.#open(info);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = (await ctx.storage.getAlarm()) ?? undefined;
    });
  }

  /** Creates the account, or replaces its limits. A closed account stays closed. */
  async open(info: AccountInfo): Promise<void> {
    const closedAt = this.#opened?.info.closedAt ?? info.closedAt;
    this.#opened ??= this.#open(info);
    this.#save(this.#opened, { ...info, ...(closedAt !== undefined && { closedAt }) });
  }

  /** Atomic: of several concurrent changes, each applies. `undefined`: the account does not exist. */
  async change(change: AccountChange): Promise<AccountInfo | undefined> {
    const opened = this.#opened;
    return opened && this.#save(opened, applyAccountChange(opened.info, change));
  }

  async close(at: number): Promise<AccountInfo | undefined> {
    const opened = this.#opened;
    if (opened?.info.closedAt !== undefined) return opened.info;
    return opened && this.#save(opened, { ...opened.info, closedAt: at });
  }

  async info(): Promise<AccountInfo | undefined> {
    return this.#opened?.info;
  }

  /** `false`: the account is closed or does not exist, or the key that mints this one is not active. */
  async addKey(key: KeyInfo): Promise<boolean> {
    const opened = this.#opened;
    if (!opened || opened.info.closedAt !== undefined || opened.keys.byId(key.id)) return false;
    const { keys, ledger, info } = opened;
    const minter = keys.minterOf(key);
    if (key.mintedBy !== undefined && (!minter || stateOf(info, minter, undefined, Date.now()) !== "active")) {
      return false;
    }
    ledger.forgetKeys(keys.forgetMinted(Date.now()));
    keys.put(key);
    return true;
  }

  async changeKey(id: string, change: KeyChange): Promise<KeyInfo | undefined> {
    const key = this.#opened?.keys.byId(id);
    return key && this.#opened?.keys.put(applyKeyChange(key, change));
  }

  /** `undefined`: the key is not active, or was minted. */
  async rotateKey(id: string, rotation: KeyRotation): Promise<{ key: KeyInfo; old: KeyInfo } | undefined> {
    const { info, keys } = this.#opened ?? {};
    const key = keys?.byId(id);
    if (!info || !keys || !key || key.mintedBy !== undefined) return undefined;
    if (stateOf(info, key, undefined, rotation.createdAt) !== "active" || keys.byId(rotation.id)) return undefined;
    const { id: newId, hash, createdAt, oldExpiresAt, expiresAt } = rotation;
    const { lastUsedAt: _lastUsedAt, version: _version, ...same } = key;
    const next = { ...same, id: newId, hash, createdAt, spendId: spendIdOf(key) };
    return {
      key: keys.put(expiresAt === undefined ? next : applyKeyChange(next, { expiresAt })),
      old: keys.put({ ...key, expiresAt: Math.min(key.expiresAt ?? Infinity, oldExpiresAt) }),
    };
  }

  async revokeKey(id: string, at: number): Promise<KeyInfo | undefined> {
    const key = this.#opened?.keys.byId(id);
    if (key?.revokedAt !== undefined) return key;
    return key && this.#opened?.keys.put({ ...key, revokedAt: at });
  }

  /** The key with that hash, and whether it is accepted. `undefined`: there is none. */
  async authenticate(hash: string): Promise<(Caller & { state: KeyState }) | undefined> {
    const { info: account, keys } = this.#opened ?? {};
    const found = keys?.byHash(hash);
    if (!account || !keys || !found) return undefined;
    const now = Date.now();
    const state = stateOf(account, found, keys.minterOf(found), now);
    const isFresh = now - (found.lastUsedAt ?? 0) < LAST_USED_STEP_MS;
    if (state !== "active" || isFresh) return { key: found, account, state };
    const key = keys.put({ ...found, lastUsedAt: now });
    // Only shown: a request does not wait for it.
    registryOf(this.env).putKey(key).catch((error: unknown) => {
      log("error", { step: "last_used", key: key.id, code: errorCode(error) });
    });
    return { key, account, state };
  }

  /**
   * Whether a key, or one that it was rotated to, is accepted now: a job that waits may still be submitted for it.
   */
  async maySubmit(keyId: string): Promise<boolean> {
    const opened = this.#opened;
    const key = opened?.keys.byId(keyId);
    return opened !== undefined && key !== undefined && acceptedFor(opened, key, Date.now()) !== undefined;
  }

  /** Reserves the cost of a job, or returns why it may not start. */
  async reserve(request: ReservationRequest): Promise<Reservation> {
    await this.#moment.wait();
    return this.#reserve(request);
  }

  /**
   * It is synchronous, so no other call runs between the sums and the reservation; the engine holds the response back
   * until the writes are durable.
   */
  #reserve(request: ReservationRequest): Reservation {
    const opened = this.#opened;
    const now = Date.now();
    const known = opened?.keys.byId(request.keyId);
    const key = request.isContinued && opened && known ? acceptedFor(opened, known, now) : known;
    if (!opened || !key) return { error: REVOKED };
    const { info, keys, ledger } = opened;
    if (!mayCreate(opened, key, now)) return { error: REVOKED };
    const minter = keys.minterOf(key);
    const own = ofUser(request, key.user);
    const duplicate = request.joinsNone ? undefined : this.#findDuplicate(ledger, own, now);
    if (duplicate) return duplicate;
    const payers = minter ? [key, minter] : [key];
    const error = this.#rate.add(key.id, now) ?? limitError(info, payers, ledger, own, now);
    if (error) {
      const { bodyHash, retryCount } = own;
      if (own.idempotencyKey === undefined && retryCount !== undefined && isRetriedBySdks(error)) {
        ledger.addRefusal(bodyHash, retryCount, retryDue(error, now), now);
      }
      return { error };
    }
    const spendIds = payers.map(spendIdOf);
    ledger.reserve(own, { usageKey: (minter ?? key).id, spendIds }, now);
    this.#scheduleAlarm(now + START_TIMEOUT_MS);
    return { jobId: request.jobId, isNew: true };
  }

  /** The job of an earlier attempt, for a request that nothing could be reserved for now. */
  async findJob(request: RepeatedRequest): Promise<string | undefined> {
    const opened = this.#opened;
    const key = opened?.keys.byId(request.keyId);
    if (!opened || !key || !mayCreate(opened, key, Date.now())) return undefined;
    return this.#findDuplicate(opened.ledger, ofUser(request, key.user), Date.now())?.jobId;
  }

  /** Records what a job cost. Idempotent. */
  async recordBilling(jobId: string, billing: Billing): Promise<BillingResult> {
    const result = this.#opened?.ledger.recordBilling(jobId, billing) ?? "unknown";
    if (result === "unknown") log("reconciled_unknown_job", { job: jobId, ...this.#logFields() });
    return result;
  }

  /** Nothing of the job is left to do: it needs no tending. `lostWebhookAt`: when it ended, if its webhook was given up. */
  async settle(jobId: string, lostWebhookAt?: number): Promise<void> {
    this.#opened?.ledger.settle(jobId);
    if (lostWebhookAt !== undefined) this.#opened?.ledger.addLostWebhook(jobId, lostWebhookAt, Date.now());
  }

  /** A page of the jobs whose charge is unknown, after one of them. */
  async pending(limit: number, after?: string): Promise<string[]> {
    return this.#opened?.ledger.pending(limit, after) ?? [];
  }

  /** The days by key and model, from a UTC day to another, both included. */
  async usage(from: string, to: string): Promise<UsageRow[]> {
    return this.#opened?.ledger.usage(from, to) ?? [];
  }

  async report(): Promise<AccountReport | undefined> {
    return this.#opened?.ledger.report(Date.now());
  }

  /** How long the jobs of a key are kept. Of a key that is gone nothing is said. `undefined`: the account does not exist. */
  async retentionOf(keyId: string): Promise<Retention | undefined> {
    const { info, keys } = this.#opened ?? {};
    const key = keys?.byId(keyId);
    return info && { retentionDays: info.retentionDays, ...(key && { keyRetentionDays: keys?.retentionOf(key) }) };
  }

  /** Its jobs that were reserved up to then and have something left to do, another part of them in each round, and how long its others are kept. */
  async toTend(limit: number, round: number, until: number): Promise<AccountToTend | undefined> {
    const { info, keys, ledger } = this.#opened ?? {};
    if (!info || !keys || !ledger) return undefined;
    const { retentionDays } = info;
    return {
      jobIds: ledger.unsettled(limit, round, until),
      keyRetentionDays: keys.retentions(),
      ...(retentionDays !== undefined && { retentionDays }),
    };
  }

  /** Reclaims jobs that never started, and deletes those that closed long ago. */
  override async alarm(): Promise<void> {
    const ledger = this.#opened?.ledger;
    if (!ledger) return;
    const unstarted = ledger.unstarted(Date.now() - START_TIMEOUT_MS, SWEEP_BATCH);
    await Promise.all(unstarted.map((jobId) => this.#reclaim(ledger, jobId)));
    const now = Date.now();
    ledger.deleteClosed({ final: now - IDEMPOTENCY_KEY_TTL_MS, correctable: now - CORRECTION_TTL_MS });
    await this.#rescheduleAlarm(ledger);
  }

  #findDuplicate(ledger: Ledger, request: RepeatedRequest, now: number): Reservation | undefined {
    if (request.idempotencyKey !== undefined) {
      const known = ledger.byKey(request.idempotencyKey, now - IDEMPOTENCY_KEY_TTL_MS);
      if (!known) return undefined;
      if (known.bodyHash !== request.bodyHash) return { error: KEY_REUSED };
      return { jobId: known.jobId, isNew: false };
    }
    const { bodyHash, retryCount = 0 } = request;
    // The attempt before it was refused and made no job: the retry must not receive another request's.
    if (retryCount === 0 || ledger.takeRefusal(bodyHash, retryCount, now)) return undefined;
    const known = ledger.join(bodyHash, retryCount, now - RETRY_TTL_MS);
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

  /** An alarm that goes off earlier stays. */
  #scheduleAlarm(at: number): void {
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  /** At least a minute later if a job could not be checked, and an hour later if rows only expire. */
  async #rescheduleAlarm(ledger: Ledger): Promise<void> {
    const now = Date.now();
    const { unstarted, final, correctable } = ledger.oldest();
    const expiry = (at: number | undefined, ttl: number) => (at === undefined ? Infinity : Math.max(at + ttl, now) + HOUR);
    const next = Math.min(
      unstarted === undefined ? Infinity : Math.max(unstarted + START_TIMEOUT_MS, now + MINUTE),
      expiry(final, IDEMPOTENCY_KEY_TTL_MS),
      expiry(correctable, CORRECTION_TTL_MS),
    );
    this.#alarmAt = next === Infinity ? undefined : next;
    if (this.#alarmAt !== undefined) await this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #logFields(): { account?: string } {
    return this.#opened ? { account: this.#opened.info.id } : {};
  }

  #open(info: AccountInfo): Opened {
    const { sql } = this.ctx.storage;
    return { info, keys: new KeyTable(sql), ledger: new Ledger(sql) };
  }

  #save(opened: Opened, info: AccountInfo): AccountInfo {
    opened.info = { ...info, version: (opened.info.version ?? 0) + 1 };
    stampStorage(this.ctx.storage, "account");
    this.ctx.storage.kv.put(INFO_KEY, opened.info);
    return opened.info;
  }
}

/**
 * The earliest time of an SDK's retry of a refusal: it waits as long as it is told to, up to a minute. A retry that comes
 * earlier follows a lost response, which must not be paid twice.
 */
function retryDue({ retryAfterSeconds = 0 }: ApiErrorDetails, now: number): number {
  const waitMs = retryAfterSeconds * 1000;
  return waitMs < MINUTE ? now + Math.max(0, waitMs - CLOCK_TOLERANCE_MS) : now;
}

/** Idempotency keys and retries find only requests of the same user. No idempotency key has a line break. */
function ofUser<T extends RepeatedRequest>(request: T, user: string | undefined): T {
  if (user === undefined) return request;
  const { bodyHash, idempotencyKey } = request;
  const own = (text: string) => `${user}\n${text}`;
  return {
    ...request,
    bodyHash: own(bodyHash),
    ...(idempotencyKey !== undefined && { idempotencyKey: own(idempotencyKey) }),
  };
}

const mayCreate = ({ info, keys }: Opened, key: KeyInfo, now: number): boolean =>
  stateOf(info, key, keys.minterOf(key), now) === "active" && key.scopes.includes("create");

/**
 * The key if it may create, or one that may and that it was rotated to. A minted key is not rotated, and who revokes a key, or takes its scope
 * away, wants none of its orders. The other keys are only read for a key that has ended by a rotation.
 */
function acceptedFor(opened: Opened, key: KeyInfo, now: number): KeyInfo | undefined {
  if (mayCreate(opened, key, now)) return key;
  if (key.mintedBy !== undefined || key.revokedAt !== undefined || !key.scopes.includes("create")) return undefined;
  return opened.keys.rotationsOf(key).find((one) => one.createdAt >= key.createdAt && mayCreate(opened, one, now));
}

/** Why a new job may not start. `payers`: the key, and the key that minted it. */
function limitError(
  info: AccountInfo,
  payers: KeyInfo[],
  ledger: Ledger,
  { model, reservedMicroUsd }: ReservationRequest,
  now: number,
): ApiErrorDetails | undefined {
  const lists = [info, ...payers].map(({ models }) => models).filter((models) => models !== undefined);
  if (lists.length === 0 && isRaw(model)) return RAW_MODEL_NOT_ALLOWED;
  const allowed = lists.reduce<string[] | undefined>((all, list) => (all ?? list).filter((id) => list.includes(id)), undefined);
  if (allowed && !allowed.includes(model)) return modelNotAllowed(allowed);
  if (info.maxConcurrentJobs !== undefined && ledger.countOpen() >= info.maxConcurrentJobs) {
    return tooManyJobs(info.maxConcurrentJobs);
  }
  for (const payer of payers) {
    if (payer.maxSpendMicroUsd === undefined) continue;
    const error = spendError(payer.maxSpendMicroUsd, ledger.committedBy(spendIdOf(payer)), reservedMicroUsd);
    if (error) return error;
  }
  // Without a budget nothing is summed.
  const isLimited = info.dailyBudgetMicroUsd !== undefined || info.monthlyBudgetMicroUsd !== undefined;
  return isLimited ? budgetError(info, ledger.committed(now), reservedMicroUsd) : undefined;
}

/** An id that the catalog does not have, such as `runpod:my-endpoint`: it may be any program of the operator's. */
const isRaw = (model: string): boolean => model.includes(":");

const RAW_MODEL_NOT_ALLOWED: ApiErrorDetails = {
  status: 403,
  code: "model_not_allowed",
  message: "This API key may use the models of the catalog. Ask your admin to name this one in `models`.",
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
  message: `This account allows ${max} concurrent jobs. Wait until one has ended.`,
  retryAfterSeconds: 10,
});

const REVOKED: ApiErrorDetails = {
  status: 401,
  code: "invalid_token",
  message: "This API key may not create videos any more. Ask your admin for a new one.",
};

const KEY_REUSED: ApiErrorDetails = {
  status: 422,
  code: "idempotency_key_reused",
  message: "This Idempotency-Key was used with a different body. Use a new key for each request.",
  param: "Idempotency-Key",
};
