// One video job, from its creation to the archived video. Alarms drive it; no request has to wait for it.
import { isFinal } from "filmgate/gateway-server";
import type { CancelResult } from "filmgate";
import { jobClient, providersOf, secretOfWebhook } from "../client.js";
import type { Env } from "../env.js";
import { errorCode, EXPIRED, VIDEO_NOT_FOUND } from "../errors.js";
import { GatewayObject } from "../gateway-object.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import { accountOf, jobIndexOf } from "../stubs.js";
import type { JobRpc } from "../rpc.js";
import type { JobEnding } from "../batch-types.js";
import type {
  ApiErrorDetails,
  Billing,
  ChargeDecision,
  JobInfo,
  JobOffer,
  JobSpec,
  Owner,
  PendingFilter,
  Variant,
  VideoLocation,
} from "../types.js";
import { deleteAll } from "./archive.js";
import { estimateOf } from "./billing.js";
import { ChunkedKv } from "./chunked-kv.js";
import { EventStream } from "./event-stream.js";
import { offersOf } from "./offers.js";
import { assume, matches, scheduleEstimate } from "./pending.js";
import { cancel, mayResume, storedStatus, turnInMs } from "./provider-steps.js";
import { recordStore } from "./record-store.js";
import { ABANDONED, CANCEL_FAILED, NO_POSTER, NOT_FINISHED, NOT_READY } from "./refusals.js";
import { mayExpire, retentionEnd } from "./retention.js";
import { JobRunner } from "./runner.js";
import { isOwnedBy, loadJob, newState, nextDue, ownerOf, saveSpec, saveState, STEPS } from "./state.js";
import type { JobData, State, StepName } from "./state.js";
import { recordBilling, steps } from "./steps.js";
import { SummaryPoster } from "./summary-poster.js";
import { endingOf, hasEnded, videoJson, viewOf } from "./view.js";
import type { VideoJson } from "./view.js";

const HOUR = 60 * 60_000;
/** Longer than an idempotency key names its job, so that no key creates it a second time. */
const TOMBSTONE_MS = 48 * HOUR;
/** No step starts after this in the same run of the alarm: the engine ends a run after 15 minutes. */
const RUN_MS = 4 * 60_000;
/** After this many failures of the alarm the engine may give up. */
const MAX_ENGINE_RETRIES = 3;
const FALLBACK_ALARM_MS = 10 * 60_000;
/** An alarm that is later than this was lost: a self-hosted engine that is killed can forget one. */
const ALARM_LATE_MS = 30_000;

/** What remains to do for a job of which only the cost is kept. */
const KEPT_STEPS = new Set<StepName>(["reconcile", "estimate", "cleanup", "settle"]);

/** Marks a job that was abandoned before it was created. */
const ABANDONED_KEY = "abandoned";

export class Job extends GatewayObject implements JobRpc {
  readonly #jobId: string;
  readonly #kv: ChunkedKv;
  readonly #events: EventStream;
  readonly #poster: SummaryPoster;
  #runner: JobRunner | undefined;
  #video: VideoJson | undefined;
  /** A video that was generated for an older version is outdated. */
  #version = 0;
  /** The alarm's handler is running. */
  #isAwake = false;
  /** When a read last rescheduled a late alarm. */
  #rescheduledAt = 0;
  /** Steps and cancels run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "job");
    this.#jobId = ctx.id.toString();
    this.#kv = new ChunkedKv(ctx.storage.kv);
    this.#events = new EventStream(ctx.storage.kv, () => this.#json());
    this.#poster = new SummaryPoster(this.env, this.#jobId, this.#kv);
    // Only reads: an id that was never created costs no storage.
    const job = loadJob(this.#kv);
    if (!job) return;
    this.#runner = this.#createRunner(job.spec, { state: job.state });
    this.#poster.load(job);
  }

  /**
   * Creates the job, once; its owner's list has it then, or will have it. Nothing is sent here: the alarm does that. The
   * engine holds the response, and the summary, back until the job is durable. `offers`: what the spec was planned with; without
   * them it is quoted once more.
   */
  async create(spec: JobSpec, offers?: JobOffer[]): Promise<{ video: string } | { error: ApiErrorDetails }> {
    if (this.ctx.storage.kv.get(ABANDONED_KEY)) return { error: ABANDONED };
    if (!this.#runner) {
      // No `await` in here: a second call finds the job.
      this.#runner = this.#createRunner(spec, { offers });
      stampStorage(this.ctx.storage, "job");
      saveSpec(this.#kv, spec);
      this.#runner.refreshView();
      this.#save();
      this.#setAlarm();
      this.#runner.log("created");
    }
    const runner = this.#ownedBy(ownerOf(spec));
    if (!runner) return { error: ABANDONED };
    if (runner.scheduleCleanup(spec)) this.#setAlarm();
    await this.#listed();
    return { video: await this.#json() };
  }

  async read(owner: Owner | null): Promise<string | undefined> {
    this.#rescheduleIfLate();
    // A retry of the create request receives this job.
    await this.#listed();
    return this.#ownedBy(owner) && this.#json();
  }

  async info(owner: Owner | null): Promise<JobInfo | undefined> {
    const runner = this.#ownedBy(owner);
    if (!runner) return undefined;
    const { status, outcome } = viewOf(runner.state);
    return { spec: runner.spec, status, ...(outcome && { outcome }), isExpired: runner.state.expiredAt !== undefined };
  }

  /** Where a video is, or its poster. */
  async file(
    owner: Owner | null,
    index: number,
    variant: Variant,
  ): Promise<VideoLocation | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner);
    if (!runner) return { error: VIDEO_NOT_FOUND };
    const { outcome, error } = viewOf(runner.state);
    if (!outcome) return { error: error ? VIDEO_NOT_FOUND : NOT_READY };
    const video = outcome.videos[index];
    if (!video) return { error: VIDEO_NOT_FOUND };
    const { file, poster, isExpired } = runner.state.videos[index] ?? {};
    if (isExpired) return { error: EXPIRED };
    if (variant === "thumbnail") return poster ? { kind: "archived", ...poster } : { error: NO_POSTER };
    if (file) return { kind: "archived", ...file };
    return video.url ? { kind: "provider", url: video.url } : { error: VIDEO_NOT_FOUND };
  }

  /** A reader did not find a file in R2: a lifecycle rule, or somebody, has deleted it. */
  async onFileMissing(index: number): Promise<void> {
    const runner = this.#runner;
    const archive = runner?.state.videos[index];
    if (!runner || !archive) return;
    for (const kind of ["file", "poster"] as const) {
      const key = archive[kind]?.key;
      // It is looked for again, because a delete or an upload may run at the same time.
      if (key === undefined || (await this.env.VIDEO_BUCKET.head(key))) continue;
      delete archive[kind];
      if (kind === "file") archive.isExpired = archive.isLost = true;
      else archive.posterTries = 0;
    }
    runner.schedule("poster");
    this.#save();
    this.#setAlarm();
  }

  async cancel(
    owner: Owner | null,
  ): Promise<{ cancellation: CancelResult; video: string } | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner);
    if (!runner) return { error: VIDEO_NOT_FOUND };
    runner.interrupt("submit");
    const work = async () => {
      const result = await cancel(runner).finally(() => this.#save());
      if (runner.isDue("reconcile")) await runner.run("reconcile", steps.reconcile);
      return result;
    };
    try {
      // A job that has ended changes nothing any more: it does not wait for a download or a webhook's receiver.
      const hasEnded = isFinal(runner.state.snapshot.status);
      const cancellation = await (hasEnded ? cancel(runner) : this.#enqueue(work));
      return { cancellation, video: await this.#json() };
    } catch (error) {
      runner.log("error", { step: "cancel", code: errorCode(error) });
      return { error: CANCEL_FAILED };
    } finally {
      this.#setAlarm();
    }
  }

  /** Deletes a job that has ended, and its videos. Its cost is recorded all the same. */
  async delete(owner: Owner | null): Promise<true | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner);
    if (!runner) return { error: VIDEO_NOT_FOUND };
    if (!hasEnded(runner.state)) return { error: NOT_FINISHED };
    for (const step of ["archive", "notify", "poster"] as const) runner.interrupt(step);
    return this.#enqueue(() => this.#delete(runner));
  }

  async #delete({ spec, state }: JobRunner): Promise<true | { error: ApiErrorDetails }> {
    // What ran until now may have recovered it, or a webhook has just named it. A late webhook of a known end changes nothing.
    const isNamed = state.webhookJobId !== undefined && mayResume(state.snapshot);
    if (!hasEnded(state) || isNamed) return { error: NOT_FINISHED };
    await this.#deleteFiles();
    await jobIndexOf(this.env, spec.owner).remove(this.#jobId, spec.createdAt);
    this.#forget({ spec, state });
    state.isDeleted = true;
    state.videos = [];
    delete state.snapshot.outcome;
    this.#save();
    this.#setAlarm();
    return true;
  }

  /** Includes files of which R2's response was lost. */
  #deleteFiles(): Promise<void> {
    return deleteAll(this.env.VIDEO_BUCKET, `videos/${this.#jobId}/`);
  }

  /** Deletes what was asked for and what came of it. What it cost stays, and is recorded. */
  #forget({ spec, state }: JobData): void {
    const { model } = spec.request;
    spec.request = { ...(model !== undefined && { model }) };
    spec.labels = {};
    delete spec.callbackUrl;
    saveSpec(this.#kv, spec);
    this.#kv.delete("record");
    this.#events.clear();
    for (const step of STEPS) if (!KEPT_STEPS.has(step)) delete state.due[step];
  }

  /** The retention is over: only the ends of the job, and what it cost, stay. */
  async #expire(runner: JobRunner): Promise<number | undefined> {
    const { spec, state } = runner;
    // Of a key that is gone its last one stays.
    Object.assign(spec, await accountOf(this.env, spec.owner).retentionOf(spec.keyId));
    saveSpec(this.#kv, spec);
    const at = retentionEnd(this.env, { spec, state });
    if (at === undefined || !mayExpire(state)) return undefined;
    if (at > Date.now()) return at;
    await this.#deleteFiles();
    this.#forget({ spec, state });
    state.expiredAt = Date.now();
    state.videos = state.videos.map(() => ({ tries: 0, isLost: true, isExpired: true }));
    if (state.snapshot.outcome) state.snapshot.outcome.raw = null;
    return undefined;
  }

  /**
   * The gateway's net: reschedules a late alarm, and applies what was set after the job's end. `isKeptTooLong`: its account may
   * say so.
   */
  async tend(isKeptTooLong: boolean): Promise<void> {
    const runner = this.#runner;
    if (!runner) return;
    const { state } = runner;
    const before = JSON.stringify(state.due);
    scheduleEstimate(runner);
    if (isKeptTooLong && mayExpire(state)) runner.schedule("expire");
    else this.#scheduleExpiry(runner);
    if (JSON.stringify(state.due) !== before) {
      this.#save();
      this.#setAlarm();
    }
    this.#rescheduleIfLate();
  }

  /** For its batch. `undefined`: it was never created. */
  async ending(): Promise<JobEnding | undefined> {
    this.#rescheduleIfLate();
    return this.#runner && endingOf(this.#runner.state);
  }

  async events(owner: Owner, lastEventId?: string): Promise<Response | undefined> {
    const runner = this.#ownedBy(owner);
    return runner && this.#events.stream(lastEventId, hasEnded(runner.state));
  }

  /** A provider's webhook. Its payload is never trusted: it triggers a poll, and may carry the id of a lost job. */
  async onProviderWebhook(url: string, body: string): Promise<boolean> {
    const runner = this.#runner;
    if (!runner || runner.state.isDeleted || runner.state.expiredAt !== undefined) return false;
    const { state, client } = runner;
    try {
      // After a rejected submit the provider may be another one than was expected.
      const { handle } = (await storedStatus(runner)) ?? state.snapshot;
      const secret = await secretOfWebhook(this.env, url);
      if (secret === undefined) return false;
      const event = await client.verifyWebhook({ url, body, secret });
      if (event.id !== state.idempotencyKey || event.provider !== handle.provider) return false;
      if (handle.jobId === undefined) state.webhookJobId = event.jobId;
    } catch {
      return false;
    }
    if (!mayResume(state.snapshot)) return true;
    // A webhook can be replayed: however often it arrives, the provider is asked once a second.
    runner.schedule("poll", Date.now() + turnInMs(state));
    this.#save();
    this.#setAlarm();
    return true;
  }

  /** Returns whether the job was never created; it cannot be created any more then. */
  async abandon(): Promise<boolean> {
    this.#rescheduleIfLate();
    if (this.#runner) return false;
    this.ctx.storage.kv.put(ABANDONED_KEY, true);
    await this.ctx.storage.setAlarm(Date.now() + TOMBSTONE_MS);
    // Images are stored before a job is created.
    await deleteAll(this.env.VIDEO_BUCKET, `uploads/${this.#jobId}/`);
    return true;
  }

  /**
   * An admin sets the billing. `false`: it is known already, and the job is not stuck. `"too_late"`: its account cannot correct
   * its sums any more. @throws if the account cannot be reached; then nothing has changed.
   */
  async reconcileManually(billing: Billing): Promise<boolean | "too_late"> {
    const runner = this.#runner;
    if (!runner) return false;
    const { state } = runner;
    const isUnknown = () => (state.billing ? state.billing.kind === "pending" || state.isAssumed : state.isStuck);
    if (!isUnknown()) return false;
    const result = await recordBilling(runner, billing);
    if (result === "unknown") return "too_late";
    // The provider's own report came first.
    if (result === "already_recorded" && !isUnknown()) return false;
    state.billing = billing;
    delete state.isAssumed;
    state.isManuallyReconciled = true;
    // What follows from it.
    runner.schedule("reconcile");
    this.#save();
    this.#setAlarm();
    return true;
  }

  /**
   * An admin decides on the charge if it is pending and the filter names the job. Returns the reserved amount in
   * micro-dollars; `undefined` if nothing was or would be decided.
   */
  async reconcilePending(
    filter: PendingFilter,
    decision: ChargeDecision,
    dryRun: boolean,
  ): Promise<number | undefined> {
    const runner = this.#runner;
    if (!runner || !matches(runner, filter)) return undefined;
    const { spec, state } = runner;
    if (!estimateOf(decision, spec.reservedMicroUsd)) return undefined;
    if (!dryRun) {
      assume(runner, decision);
      this.#save();
      this.#setAlarm();
      // If this fails, the alarm retries it.
      await recordBilling(runner, state.billing!).catch(() => {});
    }
    return spec.reservedMicroUsd ?? 0;
  }

  /**
   * Runs what is due. The engine keeps an alarm until its handler has ended, and runs it again after a crash; only if
   * the handler itself fails repeatedly is there a fallback alarm.
   */
  override async alarm({ retryCount }: { retryCount: number } = { retryCount: 0 }): Promise<void> {
    const { storage } = this.ctx;
    this.#isAwake = true;
    try {
      if (retryCount >= MAX_ENGINE_RETRIES) await storage.setAlarm(Date.now() + FALLBACK_ALARM_MS);
      const until = Date.now() + RUN_MS;
      while (Date.now() < until && (await this.#enqueue(() => this.#runNextStep())));
      await this.#enqueue(async () => this.#runner && this.#poster.postWhileAwake(this.#runner));
    } finally {
      this.#isAwake = false;
    }
    if (this.#runner) return this.#setAlarm();
    this.#kv.forget();
    await storage.deleteAll();
  }

  /** Any read of a job whose alarm is late reschedules it; otherwise its account does. */
  #rescheduleIfLate(): void {
    const at = this.#runner && nextDue(this.#runner.state);
    if (at === undefined || this.#isAwake) return;
    const now = Date.now();
    if (now - Math.max(at, this.#rescheduledAt) < ALARM_LATE_MS) return;
    this.#rescheduledAt = now;
    // Never at a time that was set before: an engine that has lost that alarm would ignore it.
    void this.ctx.storage.setAlarm(now);
  }

  /** Adds the job to its owner's list without waiting for the alarm. If this fails, the alarm retries it. */
  async #listed(): Promise<void> {
    const unlisted = () => (this.#runner?.state.isListed ? undefined : this.#runner);
    if (unlisted()) await this.#enqueue(async () => unlisted() && this.#poster.post(unlisted()!));
  }

  #scheduleExpiry(runner: JobRunner): void {
    const { spec, state } = runner;
    const at = mayExpire(state) ? retentionEnd(this.env, { spec, state }) : undefined;
    if (at !== undefined) runner.schedule("expire", at);
  }

  /** Runs one step, if one is due. */
  async #runNextStep(): Promise<boolean> {
    const runner = this.#runner;
    const step = runner && STEPS.find((name) => runner.isDue(name));
    if (!runner || !step) return false;
    if (step === "purge") {
      this.#runner = undefined;
      return false;
    }
    if (step === "index") await this.#poster.post(runner);
    else await runner.run(step, step === "expire" ? () => this.#expire(runner) : steps[step]);
    return true;
  }

  /** Runs this after what is running now. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** One alarm for all steps: the earliest. */
  #setAlarm(): void {
    const { state } = this.#runner!;
    const isBilled = state.due.reconcile === undefined && state.billing?.kind !== "pending";
    if (state.isDeleted && isBilled) state.due.purge ??= Date.now() + TOMBSTONE_MS;
    const at = nextDue(state);
    // The engine cuts fractions: it would wake the job too early, and ignore the same time set again.
    void (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(Math.ceil(at)));
  }

  #save(): void {
    const runner = this.#runner;
    if (!runner) return;
    this.#scheduleExpiry(runner);
    this.#poster.noticeChange(runner);
    saveState(this.#kv, runner.state);
    this.#outdate();
  }

  /** The video as JSON is generated again at its next use. */
  #outdate(): void {
    this.#video = undefined;
    this.#version += 1;
  }

  /** The video as JSON. */
  async #json(): Promise<string> {
    if (this.#video && Date.now() < this.#video.until) return this.#video.text;
    const version = this.#version;
    const video = await videoJson(this.env, this.#jobId, this.#runner!);
    if (version === this.#version) this.#video = video;
    return video.text;
  }

  #ownedBy(owner: Owner | null): JobRunner | undefined {
    const runner = this.#runner;
    if (!runner || runner.state.isDeleted) return undefined;
    return owner === null || isOwnedBy(runner.spec, owner) ? runner : undefined;
  }

  #createRunner(spec: JobSpec, { state, offers: given }: { state?: State; offers?: JobOffer[] | undefined }): JobRunner {
    const { env } = this;
    const client = jobClient(env, spec, recordStore(this.#kv));
    const offers = state ? undefined : (given ?? offersOf(client, providersOf(env), spec));
    return new JobRunner(spec, state ?? newState(spec, offers), {
      env,
      jobId: this.#jobId,
      client,
      offers,
      events: this.#events,
      save: () => this.#save(),
      outdate: () => this.#outdate(),
    });
  }
}
