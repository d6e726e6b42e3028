import { describe, ensureReady, isReady, record } from "../core/core.js";
import { linkedController, onAbort } from "../util/abort.js";
import { bindMethods } from "../util/bind.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { within } from "../util/within.js";
import type { Connection } from "./connection.js";
import { FilmgateError } from "../error.js";
import { JobDriver, TrapError } from "./driver.js";
import type { Slot } from "./limiter.js";
import { UpdateStream, progressOf } from "./update-stream.js";
import type {
  CancelResult,
  Handle,
  Issue,
  Job,
  JobStatus,
  VideoResult,
  ProviderId,
  Store,
  JobUpdate,
} from "../types/index.js";
import type { Done, JobOutput } from "../core/protocol.js";
import type { JobState, Step } from "../core/state.js";

/** What a job needs to run. */
export interface JobDeps {
  connection: (provider: ProviderId) => Connection;
  store: Store;
  signal?: AbortSignal | undefined;
  /** The first step of a new job, of which nothing was sent before. */
  initialStep?: Step | undefined;
  /** Loads the first step once the lease is held. */
  load: () => Step | Promise<Step>;
  /** Runs at the end of the job, while the lease is still held. */
  onFinish?: () => Promise<void>;
  /** How long to wait, in milliseconds. */
  timeoutMs: number;
  /** The time limit of a cancel after tracking has ended, in milliseconds. */
  requestTimeoutMs: number;
  /** Opens the job again, for a cancel after this object stopped tracking it. */
  reopen?: (handle: Handle, timeoutMs: number) => Job;
  /** Cancels the job while another process holds its lease. */
  cancelElsewhere?: ((handle: Handle) => Promise<CancelResult>) | undefined;
  /** Stops after one poll. If that does not end the job, `result()` never settles. */
  pollOnce?: boolean | undefined;
}

/** The store gets so long to write what is left, or to remove what must not stay, after the end. */
const TIDY_MS = 2_000;
/** A cancel waits so long for the lease. After that another process has it. */
const CANCEL_LEASE_MS = 1_000;
/** A cancel beside another process may take so long: one request of the core's, and a wait for the provider's id. */
const MAX_CANCEL_ELSEWHERE_MS = 12_000;

/** A job that is tracked by calling its provider directly. */
export class DirectJob implements Job {
  /** Settles once the response to the submit is stored, or tracking has ended. */
  readonly submitted: Promise<void>;
  /** Resolves once nothing of the job continues in this process, except a store that does not answer. Never rejects. */
  readonly closed: Promise<void>;
  /** Resolves once the store has answered, too. Never rejects. */
  readonly settled: Promise<void>;
  readonly #deps: JobDeps;
  #handle: Handle;
  #driver: JobDriver | undefined;
  /** The state after the driver has stopped. */
  #state: JobState | undefined;
  readonly #updates = new UpdateStream(() => this.#end());
  readonly #onCancelled = new Set<(result: CancelResult) => void>();
  /** Ends the wait for a slot. */
  readonly #abortQueue = new AbortController();
  /** When a new job was seen to be accepted, on the monotonic clock. */
  #acceptedAt: number | undefined;
  /** The run time of the job, if it is known. */
  executionTimeMs: number | undefined;
  /** Why tracking ended before the job did: the first reason. */
  failure: { reason: unknown } | undefined;
  /** Webhooks received before the driver has started. */
  #webhooks: unknown[] = [];
  readonly #unlisten: () => void;
  #onSubmitted: () => void = () => {};
  readonly #leased: Promise<void>;
  #onLeased: () => void = () => {};
  #release: () => void = () => {};
  /** It stopped before its lease was there, so that nothing must happen any more. */
  #isReleased = false;
  #slot: Slot | undefined;
  /** When the caller stops waiting, on the monotonic clock. */
  readonly #due: number;

  constructor(handle: Handle, deps: JobDeps) {
    this.#handle = handle;
    this.#deps = deps;
    bindMethods(this);
    this.submitted = new Promise((resolve) => (this.#onSubmitted = resolve));
    this.#leased = new Promise((resolve) => (this.#onLeased = resolve));
    this.#due = performance.now() + deps.timeoutMs;
    this.#unlisten = onAbort(deps.signal, () => this.#onAbort());
    const released = new Promise<void>((resolve) => (this.#release = resolve));
    this.settled = this.#runWithLease();
    this.closed = Promise.race([this.settled, released]);
  }

  get handle(): Handle {
    return this.#driver?.state.handle ?? this.#handle;
  }

  get warnings(): Issue[] {
    const { warnings = [] } = this.#driver?.state ?? this.#state ?? this.#deps.initialStep?.state ?? {};
    const { provider } = this.#handle;
    return warnings.map((warning) => ({ ...warning, provider }));
  }

  result(): Promise<VideoResult> {
    return this.#updates.result;
  }

  /** Whether the lease is there, or tracking has ended, within that time. Otherwise another process holds it. */
  leased(ms: number): Promise<boolean> {
    return within(this.#leased, ms, noop).then(() => true, () => false);
  }

  /** Calls `onUpdate` with each update, before anyone else receives it. */
  observe(onUpdate: (update: JobUpdate) => void): void {
    this.#updates.onUpdate = onUpdate;
  }

  /** The last known status, without a request. */
  status(): JobStatus {
    const state = this.#driver?.state ?? this.#state;
    const known = state && describe(state);
    const nextPollAt = state?.wakeAt;
    return {
      ...(known ?? { handle: this.#handle, status: "submitting" }),
      ...progressOf(this.#updates.updates.at(-1)),
      ...(nextPollAt !== undefined && { nextPollAt }),
    };
  }

  /** Bounded by the time limit of the job, or by that of one request after it. */
  async cancel(): Promise<CancelResult> {
    const left = this.#due - performance.now();
    const limitMs = this.#updates.ended || left <= 0 ? this.#deps.requestTimeoutMs : left;
    const due = performance.now() + limitMs;
    return within(this.#cancel(due), limitMs, () => this.#cancelTimeout());
  }

  async #cancel(due: number): Promise<CancelResult> {
    if (!this.#updates.ended) {
      let onCancelled!: (result: CancelResult) => void;
      const cancelled = new Promise<CancelResult>((resolve) => (onCancelled = resolve));
      this.#onCancelled.add(onCancelled);
      this.#driver?.cancel();
      this.#abortQueue.abort();
      // The job may also end in another way.
      const ended = this.#updates.result.then(noop, noop);
      const result = await Promise.race([cancelled, ended, ...(await this.#cancelElsewhere())]);
      this.#onCancelled.delete(onCancelled);
      if (result) return result;
    }
    const { submittedAt, endedAt } = this.handle;
    const continues = submittedAt !== undefined && endedAt === undefined;
    const left = due - performance.now();
    if (continues && this.#deps.reopen && left > 0) return this.#deps.reopen(this.handle, left).cancel();
    return this.#updates.result.then(
      () => ({ result: "already_finished", charge: "charged" }),
      (error: unknown) => {
        if (continues || !(error instanceof FilmgateError)) throw error;
        return { result: "already_finished", charge: error.charge };
      },
    );
  }

  /** The cancel beside the process that holds the lease, if one does. Of a new job, nothing was sent before the lease. */
  async #cancelElsewhere(): Promise<Promise<CancelResult>[]> {
    const { cancelElsewhere, initialStep } = this.#deps;
    if (!cancelElsewhere || initialStep || (await this.leased(CANCEL_LEASE_MS))) return [];
    return [within(cancelElsewhere(this.#handle), MAX_CANCEL_ELSEWHERE_MS, () => this.#cancelTimeout())];
  }

  /** Passes on the body of a webhook, after which the job is polled immediately. */
  onWebhook(body: unknown): void {
    if (this.#driver) this.#driver.enqueue({ type: "webhook", body });
    else this.#webhooks.push(body);
  }

  [Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    return this.#updates[Symbol.asyncIterator]();
  }

  #reject(reason: unknown): void {
    this.failure ??= { reason };
    this.#updates.reject(reason);
  }

  #end(): void {
    this.#unlisten();
    this.#onSubmitted();
    this.#onLeased();
  }

  #onAbort(): void {
    this.#reject(this.#deps.signal?.reason);
    if (!this.#driver) this.#leave();
    // One poll does not wait for a write.
    else if (this.#deps.pollOnce) this.#release();
  }

  /** The lease or the store stood still until the timeout or an abort. What they do later has no effect. */
  #leave(): void {
    this.#isReleased = true;
    this.#slot?.release();
    this.#release();
  }

  /** Runs the job under its lease, which is held until no request and no write is in progress. */
  async #runWithLease(): Promise<void> {
    const { initialStep, onFinish, store, signal } = this.#deps;
    const { controller: lease, unlisten } = linkedController(signal);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running: Promise<void> | undefined;
    try {
      // Before the record is stored: a later process must assume that a stored job was submitted.
      if (initialStep) this.#slot = await this.#queue(initialStep);
      const onTimeout = () => {
        this.#reject(this.#leaseTimeout());
        this.#leave();
        // Otherwise the wait for the lease keeps the process from ending.
        lease.abort();
      };
      timer = setTimeout(onTimeout, Math.min(this.#due - performance.now(), MAX_TIMER_MS));
      const work = () => (running = this.#run(() => clearTimeout(timer)).finally(onFinish));
      await store.lease(this.#handle.id, work, lease.signal);
      if (!running) throw new Error("The store's `lease` did not call its function.");
    } catch (error) {
      this.#reject(signal?.aborted ? signal.reason : this.#storeError(error));
    } finally {
      clearTimeout(timer);
      unlisten();
      this.#slot?.release();
      // A lease may end with its signal, before its work.
      await running?.catch(noop);
    }
  }

  /** Waits for a slot of the provider's limiter; `undefined` if the job is cancelled before. */
  async #queue({ state }: Step): Promise<Slot | undefined> {
    const { connection, signal } = this.#deps;
    signal?.throwIfAborted();
    const { provider } = state.handle;
    const abort = this.#abortQueue;
    const unlisten = onAbort(signal, () => abort.abort());
    let timeout: FilmgateError | undefined;
    const maxQueueMs = Math.min(state.deadline - Date.now(), MAX_TIMER_MS);
    const timer = setTimeout(() => {
      timeout = this.#queueTimeout(provider);
      abort.abort();
    }, maxQueueMs);
    try {
      const slot = await connection(provider).limiter.wait(abort.signal);
      if (timeout) throw timeout;
      return slot;
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  async #run(onLoaded: () => void): Promise<void> {
    const { connection: connectionOf, load, signal, store, pollOnce } = this.#deps;
    signal?.throwIfAborted();
    if (this.#isReleased) return;
    this.#onLeased();
    const step = await load();
    onLoaded();
    if (this.#isReleased) return;
    const { consecutiveNotFound, consecutiveStalls } = step.state;
    this.#handle = step.state.handle;
    const connection = connectionOf(this.#handle.provider);
    const longPoll = !pollOnce && connection.hasRoomForLongPoll;
    connection.jobs += 1;
    const onOutput = (output: JobOutput) => this.#onOutput(output);
    const onWriteFailed = () => this.#onWriteFailed();
    const how = { signal, slot: this.#slot, pollOnce, longPoll, onWriteFailed };
    const driver = new JobDriver(step, connection, store, onOutput, how);
    this.#driver = driver;
    let isNotStored = false;
    if (this.#onCancelled.size > 0) driver.cancel();
    for (const body of this.#webhooks.splice(0)) this.onWebhook(body);
    try {
      const done = await driver.drive();
      if (done.type === "polled") {
        const { state } = driver;
        const counts =
          state.consecutiveNotFound !== consecutiveNotFound || state.consecutiveStalls !== consecutiveStalls;
        if (!done.error && counts) await this.#saveCounts(driver);
        if (done.error) this.#reject(done.error);
        else this.#end();
        return;
      }
      isNotStored = this.#deps.initialStep !== undefined && done.error?.code === "store_error";
      if (isNotStored) await driver.saved();
      // The exception of the network or the store is the cause of the resulting error.
      if (done.error && driver.lastFailure !== undefined) done.error.cause = driver.lastFailure;
      this.#finish(done);
    } catch (error) {
      const reason = error instanceof TrapError ? this.#trapError(error.cause) : error;
      this.#reject(signal?.aborted ? signal.reason : reason);
    } finally {
      await driver.saved();
      this.#state = driver.state;
      this.#handle = driver.state.handle;
      this.#driver = undefined;
      connection.jobs -= 1;
      driver.end();
      await this.#tidy(driver, isNotStored);
    }
  }

  /** Leaves the store as it should be: with the last record, or, of a job that was not stored, with none. */
  async #tidy(driver: JobDriver, isNotStored: boolean): Promise<void> {
    // It had its time already. Another writer's record is safe from a late write by its revision.
    if (driver.hasLateWrite) this.#release();
    if (driver.hasLateWrite && !isNotStored) return;
    const timer = setTimeout(() => this.#release(), TIDY_MS);
    try {
      await (isNotStored ? driver.discard() : driver.rewrite());
    } catch {
      // The store fails, and the caller knows.
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stores the number of consecutive responses without progress, from which the next poll continues to count. */
  async #saveCounts(driver: JobDriver): Promise<void> {
    while (!isReady()) await ensureReady();
    // If it cannot be written, one more response is needed before the job is given up.
    await driver.write(record(driver.state));
  }

  /** The job goes on without a current record: a resume by its handle finds it, but one by the store may not. */
  #onWriteFailed(): void {
    const last = this.#updates.updates.at(-1);
    const status = last?.status ?? this.#driver?.state.status;
    if (!status || last?.error) return;
    const message = "The record of the job could not be written to the store. The job continues: keep its handle.";
    this.#updates.push({ ...last, status, error: { code: "store_error", message } });
  }

  #onOutput(output: JobOutput): void {
    if (output.type === "cancelled") {
      for (const resolve of this.#onCancelled) resolve(output.cancellation);
      this.#onCancelled.clear();
    }
    if (output.type !== "update") return;
    const { progress, ...update } = output.update;
    if (update.status !== "submitting" && update.status !== "reconciling") {
      // The time of acceptance is known for a new job only, not for a resumed one.
      if (this.#deps.initialStep) this.#acceptedAt ??= performance.now();
      // The caller may end this process as soon as `submitted` resolves, so writes must be finished.
      void this.#driver?.saved().then(() => this.#onSubmitted());
    }
    this.#updates.push(progress === undefined ? update : { ...update, progress: progress / 100 });
  }

  #finish(done: Done): void {
    if (done.error) this.#reject(new FilmgateError(done.error));
    else {
      this.executionTimeMs = done.outcome.timing.executionTimeMs ?? this.#observedMs();
      this.#updates.resolve(done.outcome);
    }
  }

  /** Measured on the monotonic clock, for new jobs only. */
  #observedMs(): number | undefined {
    return this.#acceptedAt && Math.round(performance.now() - this.#acceptedAt);
  }

  /** Wraps an error of the store. A FilmgateError is passed on. */
  #storeError(cause: unknown): unknown {
    if (cause instanceof FilmgateError) return cause;
    const isNew = this.#deps.initialStep !== undefined;
    return new FilmgateError({
      code: "store_error",
      message: isNew ? "The store failed. Nothing was sent: see `cause`." : "Reading the store failed: see `cause`.",
      charge: isNew ? "none" : "unknown",
      retryable: isNew,
      handle: this.#handle,
      cause,
    });
  }

  #leaseTimeout(): FilmgateError {
    const isNew = this.#deps.initialStep !== undefined;
    const what = "The store did not answer before the timeout.";
    if (isNew) return this.#storeError(new Error(what)) as FilmgateError;
    const message = `Timed out. ${what} Another process may track the job, which continues: resume it by its handle.`;
    return new FilmgateError({ code: "timeout", message, charge: "unknown", handle: this.#handle });
  }

  #cancelTimeout(): FilmgateError {
    const message =
      "The cancellation was not confirmed before the timeout. The job may continue and be billed: check its status.";
    return new FilmgateError({ code: "timeout", message, charge: "unknown", handle: this.handle });
  }

  #queueTimeout(provider: ProviderId): FilmgateError {
    return new FilmgateError({
      code: "rate_limited",
      message:
        "Other requests to the provider used all of `maxConcurrency` until the timeout. Nothing was sent: " +
        "raise `maxConcurrency` or `timeoutMs`, or submit again later.",
      provider,
      charge: "none",
      retryable: true,
      handle: this.#handle,
    });
  }

  #trapError(cause: unknown): FilmgateError {
    return new FilmgateError({
      code: "internal_error",
      message: "The WebAssembly module crashed on this job. The job is not lost: resume it with `error.handle`.",
      charge: "unknown",
      handle: this.handle,
      cause,
    });
  }
}

function noop(): undefined {}
