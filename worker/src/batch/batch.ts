// One batch: it begins a job for each of its requests, in their order, as its budget, its account and `maxConcurrency`
// allow. An alarm drives it; no request has to wait for it.
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { GatewayObject } from "../gateway-object.js";
import { log } from "../log.js";
import { toUsd } from "../money.js";
import type { BatchRpc } from "../rpc.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import { withoutUndefined } from "../without-undefined.js";
import { accountOf, jobIndexOf, jobOf, newJobId } from "../stubs.js";
import { batchId } from "../batch-types.js";
import type { BatchItemPlan, BatchReport, BatchSpec, BatchState, BatchSummary, JobEnding } from "../batch-types.js";
import type {
  ApiErrorDetails,
  JobCatalog,
  JobSpec,
  Owner,
} from "../types.js";
import { BatchItems, reportOf } from "./items.js";

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
/** Running jobs are asked this often: that one tells its end may be lost. */
const CHECK_MS = 60 * SECOND;
/** The wait after a call of another object that failed. */
const RETRY_MS = 5 * SECOND;
/** What cannot be created so often fails: it would hold back all behind it. */
const MAX_TRIES = 60;
/** The wait after an account's limit that does not say how long. */
const LIMITED_MS = 10 * SECOND;
/** No job begins after this in the same run of the alarm: the engine ends a run after 15 minutes. */
const RUN_MS = 4 * 60 * SECOND;
/** An alarm that is later than this was lost: a self-hosted engine that is killed can forget one. */
const ALARM_LATE_MS = 30 * SECOND;
/** How long a batch is kept after its end. Its videos are not its own. */
const KEPT_MS = 30 * DAY;

const SPEC_KEY = "spec";
const CATALOGS_KEY = "catalog/";
/** What the account's list has: whether the batch is open, or has ended. */
const LISTED_KEY = "listed";
const ENDED_KEY = "ended";
const CANCELLED_KEY = "cancelled";

interface Opened {
  spec: BatchSpec;
  items: BatchItems;
}

export class Batch extends GatewayObject implements BatchRpc {
  readonly #id: string;
  #opened: Opened | undefined;
  #isAwake = false;
  /** A job has ended while the alarm ran. */
  #isNudged = false;
  #checkedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "batch");
    this.#id = ctx.id.toString();
    // Only reads: an id that was never created costs no storage.
    const spec = ctx.storage.kv.get<BatchSpec>(SPEC_KEY);
    if (spec) this.#opened = { spec, items: new BatchItems(ctx.storage.kv) };
  }

  /**
   * Creates the batch, once. Nothing begins here: the alarm does that. The engine holds the response back until it is durable.
   */
  async create(spec: BatchSpec, plans: BatchItemPlan[], catalogs: JobCatalog[]): Promise<BatchState> {
    if (!this.#opened) {
      // No `await` in here: a second call finds the batch.
      const { storage } = this.ctx;
      this.#opened = { spec, items: new BatchItems(storage.kv) };
      stampStorage(storage, "batch");
      storage.kv.put(SPEC_KEY, spec);
      for (const [at, catalog] of catalogs.entries()) storage.kv.put(CATALOGS_KEY + at, catalog);
      this.#opened.items.add(plans);
      void storage.setAlarm(Date.now());
    }
    // If this fails, the alarm retries it.
    await this.#list().catch(() => undefined);
    return this.#state();
  }

  /** A late alarm is rescheduled. */
  async read(owner: Owner): Promise<BatchState | undefined> {
    if (!this.#ownedBy(owner)) return undefined;
    await this.#rescheduleIfLate();
    return this.#state();
  }

  /** What waits never begins. What has begun continues. */
  async cancel(owner: Owner): Promise<BatchState | undefined> {
    const opened = this.#ownedBy(owner);
    if (!opened) return undefined;
    this.ctx.storage.kv.put(CANCELLED_KEY, true);
    opened.items.stop("cancelled");
    this.#nudge();
    return this.#state();
  }

  /** The end of a job, or a correction of what it cost. A job tells it until it has arrived. */
  async onJobEnd(index: number, jobId: string, ending: JobEnding): Promise<void> {
    if (!this.#opened) return;
    this.#opened.items.settle(index, jobId, ending);
    this.#nudge();
  }

  override async alarm(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    this.#isAwake = true;
    let next: number;
    try {
      next = await this.#run(opened);
    } catch (error) {
      this.#logError(error);
      next = Date.now() + RETRY_MS;
    } finally {
      this.#isAwake = false;
    }
    if (!this.#opened) return;
    const at = this.#isNudged ? Date.now() : next;
    this.#isNudged = false;
    await this.ctx.storage.setAlarm(Math.ceil(at));
  }

  /** Does what is due; returns when to come back. */
  async #run(opened: Opened): Promise<number> {
    const { kv } = this.ctx.storage;
    const endedAt = kv.get<number>(ENDED_KEY);
    if (endedAt !== undefined && Date.now() >= endedAt + KEPT_MS) return this.#purge(opened);
    await this.#checkRunning(opened);
    const next = endedAt === undefined ? await this.#beginItems(opened) : Infinity;
    const { spent, begun } = opened.items.sums();
    if (endedAt === undefined && begun === 0 && !opened.items.first("waiting")) {
      kv.put(ENDED_KEY, Date.now());
      for (const [key] of [...kv.list({ prefix: CATALOGS_KEY })]) kv.delete(key);
      log("batch_ended", { batch: this.#id, account: opened.spec.owner, key: opened.spec.keyId, microUsd: spent });
    }
    await this.#list();
    const end = kv.get<number>(ENDED_KEY);
    return end === undefined ? Math.min(next, Date.now() + CHECK_MS) : end + KEPT_MS;
  }

  /** Begins as many items as may begin now; returns when to try the next. */
  async #beginItems({ spec, items }: Opened): Promise<number> {
    const until = Date.now() + RUN_MS;
    // One that a crash has interrupted comes first.
    let isKnown = items.first("starting") !== undefined;
    while (isKnown || this.#reserveNext(spec, items)) {
      const retryAt = await this.#begin(spec, items, isKnown);
      if (retryAt !== undefined) return retryAt;
      if (Date.now() >= until) return Date.now();
      isKnown = false;
    }
    return Infinity;
  }

  /** Synchronous, so that nothing runs between the sums and the reservation. Returns whether a job may be created now. */
  #reserveNext({ budgetMicroUsd, maxConcurrency }: BatchSpec, items: BatchItems): boolean {
    // One that its account has sent back since.
    if (this.ctx.storage.kv.get(CANCELLED_KEY)) items.stop("cancelled");
    const next = items.first("waiting");
    const { spent, reserved, begun } = items.sums();
    if (!next || begun >= maxConcurrency) return false;
    if (spent + reserved + next.reserved > budgetMicroUsd) {
      // What runs may cost less than is reserved.
      if (begun === 0) items.stop("budget");
      return false;
    }
    items.set(next.index, { state: "starting", jobId: newJobId(this.env) });
    return true;
  }

  /**
   * Reserves the cost of what is starting in the account and creates its job, each of which can be repeated. Returns when to
   * try again; nothing if there is no need to. `isKnown`: it may have been created before a crash.
   */
  async #begin(spec: BatchSpec, items: BatchItems, isKnown: boolean): Promise<number | undefined> {
    const { index, plan, jobId } = items.first("starting") ?? {};
    if (index === undefined || !plan || jobId === undefined) return undefined;
    if (isKnown && (await jobOf(this.env, jobId).ending())) {
      items.created(index);
      return undefined;
    }
    const name = `\n${this.#id}\n${index}`;
    const reservation = await accountOf(this.env, spec.owner).reserve({
      keyId: spec.keyId,
      jobId,
      model: String(plan.request.model),
      bodyHash: name,
      // No client's key has a line break.
      idempotencyKey: name,
      reservedMicroUsd: plan.reservedMicroUsd,
      isContinued: true,
    });
    if (reservation.error) return onRefusal(items, index, reservation.error);
    const job = jobOf(this.env, reservation.jobId);
    const created = await job.create(this.#jobSpec(spec, index, plan)).catch(async (error: unknown) => {
      const tries = (items.all[index]?.tries ?? 0) + 1;
      items.set(index, { tries });
      if (tries < MAX_TRIES || !(await job.abandon())) throw error;
      return undefined;
    });
    if (!created) {
      // It never was, and never will be: its account reclaims the reservation.
      items.set(index, { state: "failed", spent: 0, jobId: undefined, reason: "internal_error", plan: undefined });
      return undefined;
    }
    if (!("error" in created) || (await job.ending())) {
      items.created(index);
      return undefined;
    }
    // Its account has reclaimed the reservation before the job existed, and knows of that soon.
    items.set(index, { jobId: newJobId(this.env) });
    return Date.now() + RETRY_MS;
  }

  #jobSpec(spec: BatchSpec, index: number, { catalog: at, ...plan }: BatchItemPlan): JobSpec {
    const { owner, keyId, user, origin, retentionDays, keyRetentionDays } = spec;
    const catalog = at === undefined ? undefined : this.ctx.storage.kv.get<JobCatalog>(CATALOGS_KEY + at);
    return {
      ...plan,
      ...{ owner, keyId, origin, uploads: [], createdAt: Date.now(), batch: { id: this.#id, index } },
      ...(user !== undefined && { user }),
      ...withoutUndefined({ retentionDays, keyRetentionDays }),
      ...(catalog && { catalog }),
    };
  }

  /** Asks the jobs that have not told their end. */
  async #checkRunning({ items }: Opened): Promise<void> {
    if (Date.now() - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = Date.now();
    await Promise.all(
      items.all.map(async ({ state, jobId }, index) => {
        if (state !== "running" || jobId === undefined) return;
        const ending = (await jobOf(this.env, jobId).ending()) ?? GONE;
        // It may have told its end meanwhile, and what it cost.
        if (ending.isOver && items.all[index]?.state === "running") items.settle(index, jobId, ending);
      }),
    );
  }

  /** Tells the account's list what it does not know yet. */
  async #list(): Promise<void> {
    const { kv } = this.ctx.storage;
    const { spec } = this.#opened!;
    const state = kv.get(ENDED_KEY) === undefined ? "open" : "ended";
    if (kv.get(LISTED_KEY) === state) return;
    const { createdAt, user } = spec;
    const summary: BatchSummary = { batchId: this.#id, createdAt, isOpen: state === "open", ...(user !== undefined && { user }) };
    await jobIndexOf(this.env, spec.owner).putBatch(summary);
    kv.put(LISTED_KEY, state);
  }

  async #purge({ spec }: Opened): Promise<number> {
    await jobIndexOf(this.env, spec.owner).removeBatch(this.#id);
    this.#opened = undefined;
    await this.ctx.storage.deleteAll();
    return Infinity;
  }

  #nudge(): void {
    this.#isNudged = this.#isAwake;
    if (!this.#isAwake) void this.ctx.storage.setAlarm(Date.now());
  }

  async #rescheduleIfLate(): Promise<void> {
    if (!this.#opened || this.#isAwake) return;
    const at = await this.ctx.storage.getAlarm();
    // Never at a time that was set before: an engine that has lost that alarm would ignore it.
    if (!this.#isAwake && (at === null || Date.now() - at > ALARM_LATE_MS)) void this.ctx.storage.setAlarm(Date.now());
  }

  #ownedBy({ account, user }: Owner): Opened | undefined {
    const { spec } = this.#opened ?? {};
    const isOwn = spec?.owner === account && (user === undefined || spec.user === user);
    return isOwn ? this.#opened : undefined;
  }

  #state(): BatchState {
    return { bodyHash: this.#opened!.spec.bodyHash, report: this.#report() };
  }

  #report(): BatchReport {
    const { spec, items } = this.#opened!;
    const { spent, reserved } = items.sums();
    const reports = items.all.map(reportOf);
    const counts = { total: reports.length, waiting: 0, running: 0, completed: 0, failed: 0, not_started: 0 };
    for (const { status } of reports) counts[status] += 1;
    const endedAt = this.ctx.storage.kv.get<number>(ENDED_KEY);
    return {
      id: batchId(this.#id),
      object: "video.batch",
      status: endedAt === undefined ? "in_progress" : "ended",
      created_at: Math.floor(spec.createdAt / 1000),
      ended_at: endedAt === undefined ? null : Math.floor(endedAt / 1000),
      request_counts: counts,
      budgetUsd: toUsd(spec.budgetMicroUsd),
      spentUsd: toUsd(spent),
      reservedUsd: toUsd(reserved),
      maxConcurrency: spec.maxConcurrency,
      quote: { minUsd: toUsd(spec.quote.minMicroUsd), maxUsd: toUsd(spec.quote.maxMicroUsd) },
      items: reports,
    };
  }

  #logError(error: unknown): void {
    const { owner, keyId } = this.#opened?.spec ?? {};
    const who = { ...(owner !== undefined && { account: owner }), ...(keyId !== undefined && { key: keyId }) };
    log("error", { step: "batch", code: errorCode(error), batch: this.#id, ...who });
  }
}

/** Why an account does not let an item begin. Returns when to try again. */
function onRefusal(items: BatchItems, index: number, { status, code, retryAfterSeconds }: ApiErrorDetails): number | undefined {
  switch (status) {
    case 429:
      items.set(index, WAITING);
      return Date.now() + (retryAfterSeconds === undefined ? LIMITED_MS : retryAfterSeconds * SECOND);
    case 402:
      items.set(index, WAITING);
      // What runs may cost less than is reserved: its end comes back here.
      if (items.sums().begun > 0) return Infinity;
      items.stop("account_budget");
      return undefined;
    case 401:
      items.set(index, WAITING);
      items.stop("key_ended");
      return undefined;
    default:
      items.set(index, { state: "failed", spent: 0, jobId: undefined, reason: code, plan: undefined });
      return undefined;
  }
}

const WAITING = { state: "waiting", jobId: undefined } as const;

/** Its owner has deleted it, and even its traces are gone: what it cost is not known here. */
const GONE: JobEnding = { isOver: true, status: "failed", code: "not_found" };
