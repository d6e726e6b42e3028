// One video job, from its creation to the archived video. Alarms drive it; no request has to wait for it.
import { DurableObject } from "cloudflare:workers";
import type { CancelResult } from "filmgate";
import { jobClient, providersOf, webhookSecret } from "../client.js";
import type { Env } from "../env.js";
import { errorCode, VIDEO_NOT_FOUND } from "../errors.js";
import { jobIndexOf } from "../stubs.js";
import type { ApiErrorDetails, Billing, JobInfo, JobRpc, JobSpec, VideoLocation } from "../types.js";
import { deleteAll } from "./archive.js";
import { ChunkedKv } from "./chunked-kv.js";
import { EventStream } from "./event-stream.js";
import { cancel, mayResume, MIN_POLL_INTERVAL_MS, storedStatus } from "./provider-steps.js";
import { recordStore } from "./record-store.js";
import { JobRunner } from "./runner.js";
import { loadJob, newState, nextDue, saveSpec, saveState, STEPS } from "./state.js";
import type { State } from "./state.js";
import { recordBilling, steps } from "./steps.js";
import { hasEnded, videoJson, viewOf } from "./view.js";
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
/** Marks a job that was abandoned before it was created. */
const ABANDONED_KEY = "abandoned";

export class Job extends DurableObject<Env> implements JobRpc {
  readonly #jobId: string;
  readonly #kv: ChunkedKv;
  readonly #events: EventStream;
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
    this.#jobId = ctx.id.toString();
    this.#kv = new ChunkedKv(ctx.storage.kv);
    this.#events = new EventStream(ctx.storage.kv, () => this.#json());
    // Only reads: an id that was never created costs no storage.
    const job = loadJob(this.#kv);
    if (job) this.#runner = this.#createRunner(job.spec, job.state);
  }

  /** Creates the job, once; its owner's list has it then, or will have it. Nothing is sent here: the alarm does that. */
  async create(spec: JobSpec): Promise<{ video: string } | { error: ApiErrorDetails }> {
    if (this.ctx.storage.kv.get(ABANDONED_KEY)) return { error: ABANDONED };
    if (!this.#runner) {
      // No `await` in here: a second call finds the job.
      this.#runner = this.#createRunner(spec);
      saveSpec(this.#kv, spec);
      this.#runner.schedule("index");
      this.#runner.refreshView();
      this.#setAlarm();
      this.#runner.log("created");
    }
    const runner = this.#ownedBy(spec.owner);
    if (!runner) return { error: ABANDONED };
    if (runner.scheduleCleanup(spec)) this.#setAlarm();
    await Promise.all([this.ctx.storage.sync(), this.#indexed()]);
    return { video: await this.#json() };
  }

  async read(owner: string): Promise<string | undefined> {
    this.#rescheduleIfLate();
    // A retry of the create request receives this job.
    await this.#indexed();
    return this.#ownedBy(owner) && this.#json();
  }

  async info(owner: string): Promise<JobInfo | undefined> {
    const runner = this.#ownedBy(owner);
    if (!runner) return undefined;
    const { status, outcome } = viewOf(runner.state);
    return { spec: runner.spec, status, ...(outcome && { outcome }) };
  }

  /** Where a video is. Without an owner: a signed URL was verified. */
  async file(
    owner: string | null,
    index: number,
  ): Promise<VideoLocation | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner ?? this.#runner?.spec.owner ?? "");
    if (!runner) return { error: VIDEO_NOT_FOUND };
    const { outcome, error } = viewOf(runner.state);
    if (!outcome) return { error: error ? VIDEO_NOT_FOUND : NOT_READY };
    const video = outcome.videos[index];
    const file = runner.state.videos[index]?.file;
    if (file) return { kind: "archived", ...file };
    return video?.url ? { kind: "provider", url: video.url } : { error: VIDEO_NOT_FOUND };
  }

  async cancel(
    owner: string,
  ): Promise<{ cancellation: CancelResult; video: string } | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner);
    if (!runner) return { error: VIDEO_NOT_FOUND };
    runner.interrupt("submit");
    try {
      const cancellation = await this.#enqueue(async () => {
        const result = await cancel(runner);
        if (runner.isDue("reconcile")) await runner.run("reconcile", steps.reconcile);
        return result;
      });
      return { cancellation, video: await this.#json() };
    } catch (error) {
      runner.log("error", { step: "cancel", code: errorCode(error) });
      return { error: CANCEL_FAILED };
    } finally {
      this.#setAlarm();
    }
  }

  /** Deletes a job that has ended, and its videos. Its cost is recorded all the same. */
  async delete(owner: string): Promise<true | { error: ApiErrorDetails }> {
    const runner = this.#ownedBy(owner);
    if (!runner) return { error: VIDEO_NOT_FOUND };
    if (!hasEnded(runner.state)) return { error: NOT_FINISHED };
    runner.interrupt("archive");
    return this.#enqueue(() => this.#delete(runner));
  }

  async #delete({ spec, state }: JobRunner): Promise<true | { error: ApiErrorDetails }> {
    // What ran until now may have recovered it, or a webhook has just named it.
    if (!hasEnded(state) || state.webhookJobId !== undefined) return { error: NOT_FINISHED };
    const { env } = this;
    // Includes files of which R2's response was lost.
    await deleteAll(env.VIDEO_BUCKET, `videos/${this.#jobId}/`);
    await jobIndexOf(env, spec.owner).remove(this.#jobId);
    spec.request = {};
    saveSpec(this.#kv, spec);
    this.#kv.delete("record");
    this.#events.clear();
    const { reconcile, cleanup } = state.due;
    state.due = {
      ...(reconcile !== undefined && { reconcile }),
      ...(cleanup !== undefined && { cleanup }),
    };
    state.isDeleted = true;
    state.videos = [];
    delete state.snapshot.outcome;
    this.#save();
    this.#setAlarm();
    return true;
  }

  async events(owner: string, lastEventId?: string): Promise<Response | undefined> {
    const runner = this.#ownedBy(owner);
    return runner && this.#events.stream(lastEventId, hasEnded(runner.state));
  }

  /** A provider's webhook. Its payload is never trusted: it triggers a poll, and may carry the id of a lost job. */
  async onProviderWebhook(url: string, body: string): Promise<boolean> {
    const runner = this.#runner;
    if (!runner || runner.state.isDeleted) return false;
    const { state, client } = runner;
    try {
      // After a rejected submit the provider may be another one than was expected.
      const { handle } = (await storedStatus(runner)) ?? state.snapshot;
      const secret = await webhookSecret(this.env);
      const event = await client.verifyWebhook({ url, body, secret });
      if (event.id !== state.idempotencyKey || event.provider !== handle.provider) return false;
      if (handle.jobId === undefined) state.webhookJobId = event.jobId;
    } catch {
      return false;
    }
    if (!mayResume(state.snapshot)) return true;
    // A webhook can be replayed: however often it arrives, the provider is asked once a second.
    runner.schedule("poll", Math.max(Date.now(), (state.lastPollAt ?? 0) + MIN_POLL_INTERVAL_MS));
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

  /** An admin sets the billing. `false`: the job is neither pending nor stuck. */
  async reconcileManually(billing: Billing): Promise<boolean> {
    const runner = this.#runner;
    if (!runner) return false;
    const { state } = runner;
    if (state.billing?.kind !== "pending" && !state.isStuck) return false;
    state.billing = billing;
    state.isManuallyReconciled = true;
    runner.schedule("reconcile");
    this.#save();
    this.#setAlarm();
    // The next usage report has it already. If this fails, the alarm retries it.
    await recordBilling(runner, billing).catch(() => {});
    return true;
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
    } finally {
      this.#isAwake = false;
    }
    if (this.#runner) this.#setAlarm();
    else await storage.deleteAll();
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
  async #indexed(): Promise<void> {
    const isPending = () => this.#runner?.isDue("index");
    if (isPending()) await this.#enqueue(async () => isPending() && this.#runNextStep());
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
    await runner.run(step, steps[step]);
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
    void (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  #save(): void {
    if (!this.#runner) return;
    saveState(this.#kv, this.#runner.state);
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

  #ownedBy(owner: string): JobRunner | undefined {
    const runner = this.#runner;
    return runner && runner.spec.owner === owner && !runner.state.isDeleted ? runner : undefined;
  }

  #createRunner(spec: JobSpec, state?: State): JobRunner {
    const { env } = this;
    const client = jobClient(env, spec.origin, recordStore(this.#kv, this.ctx.storage));
    return new JobRunner(spec, state ?? newState(client, providersOf(env), spec), {
      env,
      jobId: this.#jobId,
      client,
      events: this.#events,
      save: () => this.#save(),
    });
  }
}

const NOT_READY: ApiErrorDetails = {
  status: 409,
  code: "not_ready",
  message: "The video is not ready yet. Poll its status until it is completed.",
};

const NOT_FINISHED: ApiErrorDetails = {
  status: 409,
  code: "job_not_finished",
  message: "The video is still being generated. Cancel it or wait until it has ended, then delete it.",
};

/** It was reclaimed or deleted: a late retry does not create it again. */
const ABANDONED: ApiErrorDetails = {
  status: 410,
  code: "not_found",
  message: "This request was abandoned, or its video deleted. Send it again with a new Idempotency-Key.",
};

const CANCEL_FAILED: ApiErrorDetails = {
  status: 503,
  code: "service_unavailable",
  message: "The provider did not confirm the cancellation. The job continues; cancel it again.",
  retryAfterSeconds: 10,
};
