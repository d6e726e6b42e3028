import { linkedController, onAbort } from "../util/abort.js";
import { bindMethods } from "../util/bind.js";
import { FilmgateError } from "../error.js";
import { UpdateStream, progressOf } from "../driver/update-stream.js";
import type { CancelResult, Handle, Issue, Job, JobStatus, VideoResult, Status, Store, JobUpdate } from "../types/index.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { orAborted } from "../util/within.js";
import { notStored, storeFailed } from "./job-entry.js";
import type { JobEntry } from "./job-entry.js";
import { pathOf, track } from "./track.js";
import type { Listener } from "./track.js";
import type { GatewayConnection } from "./connection.js";
import { stopped, submit } from "./submit.js";
import { cancelled, timedOut, unanswered } from "./errors.js";
import { read, videoOf } from "./video.js";
import type { JobSnapshot } from "./video.js";

/** What a job depends on. */
export interface GatewayJobDeps {
  connection: GatewayConnection;
  store: Store;
  /** Loads the job: creates and stores a new one, or finds an existing one. */
  open: () => Promise<JobEntry>;
  isNew: boolean;
  /** Stop tracking it once the create request is answered. */
  detached?: boolean;
  deadline: number;
  signal?: AbortSignal | undefined;
  /** Resumes the job, for a cancel after this one has stopped. */
  resume: (handle: Handle) => Job;
}

/** One job of a gateway. */
export class GatewayJob implements Job, Listener {
  /** Resolves once the create request is answered, or is no longer awaited. */
  readonly submitted: Promise<void>;
  /** Resolves once tracking has ended. Never rejects. */
  readonly over: Promise<void>;
  /** Resolves once the record of a job that was not sent is undone, too. Never rejects. */
  readonly settled: Promise<unknown>;
  readonly #deps: GatewayJobDeps;
  readonly #planned: Handle;
  readonly #updates: UpdateStream;
  /** Ends tracking. */
  readonly #abort: AbortController;
  #entry: JobEntry | undefined;
  #answered: () => void = () => {};
  #undone: Promise<unknown> | undefined;

  constructor(planned: Handle, deps: GatewayJobDeps) {
    bindMethods(this);
    this.#planned = planned;
    this.#deps = deps;
    this.submitted = new Promise((resolve) => (this.#answered = resolve));
    const { signal, deadline } = deps;
    const { controller, unlisten } = linkedController(signal);
    this.#abort = controller;
    const removeAbort = onAbort(signal, () => this.#updates.reject(signal?.reason));
    const onTimeout = () => {
      const timeout = timedOut(this.handle);
      controller.abort(timeout);
      // A create request that was sent is awaited, but not by the caller.
      if (this.#entry?.maybeSubmitted) this.#updates.reject(timeout);
    };
    const timer = setTimeout(onTimeout, Math.min(deadline - Date.now(), MAX_TIMER_MS));
    this.#updates = new UpdateStream(() => {
      clearTimeout(timer);
      unlisten();
      removeAbort();
      this.#answered();
    });
    this.over = this.#run();
    this.settled = this.over.then(() => this.#undone);
  }

  get handle(): Handle {
    return this.#entry?.handle ?? this.#planned;
  }

  get warnings(): Issue[] {
    return this.#entry?.record.warnings ?? [];
  }

  result(): Promise<VideoResult> {
    return this.#updates.result;
  }

  [Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    return this.#updates[Symbol.asyncIterator]();
  }

  /** Calls `onUpdate` with each update, before anyone else receives it. */
  observe(onUpdate: (update: JobUpdate) => void): void {
    this.#updates.onUpdate = onUpdate;
  }

  /** The last known status, without a request. */
  status(): JobStatus {
    return {
      ...(this.#entry?.stored ?? { handle: this.#planned, status: "submitting" }),
      ...progressOf(this.#updates.updates.at(-1)),
    };
  }

  async cancel(): Promise<CancelResult> {
    // A request that was not sent is not sent any more.
    if (!this.#updates.ended && this.#entry?.maybeSubmitted === false) {
      this.#abort.abort(cancelled(this.handle));
      await this.over;
      if (this.status().status === "cancelled") return { result: "cancelled", charge: "none" };
    }
    await this.submitted;
    const { jobId, endedAt } = this.handle;
    if (endedAt !== undefined) {
      return { result: "already_finished", charge: this.status().error?.charge ?? "charged" };
    }
    if (jobId === undefined) return this.#deps.resume(this.handle).cancel();
    const path = `${pathOf(this.handle)}/cancel`;
    // The cancel is independent of the job's own signal.
    const { signal } = new AbortController();
    try {
      const { json } = await this.#deps.connection.send({ method: "POST", path }, signal);
      const video = videoOf(json);
      await this.apply(read(video, this.handle));
      return video.filmgate?.cancellation ?? { result: "unsupported", charge: "unknown" };
    } catch (error) {
      throw unanswered(this.handle, error);
    }
  }

  /** A stream starts with past events: no update is emitted twice, or after a later one. */
  onUpdate(update: JobUpdate): void {
    const last = this.#updates.updates.at(-1);
    if (!last || isLater(update, last)) this.#updates.push(update);
  }

  async apply(snapshot: JobSnapshot): Promise<void> {
    await this.#entry?.apply(snapshot);
    this.onUpdate(snapshot.update);
    if (snapshot.outcome) this.#updates.resolve(snapshot.outcome);
    if (snapshot.error) this.#updates.reject(new FilmgateError(snapshot.error));
    if (snapshot.outcome || snapshot.error) this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { connection, open, isNew, detached, signal } = this.#deps;
    const stop = this.#abort.signal;
    try {
      stop.throwIfAborted();
      const entry = await this.#opened(open());
      this.#entry = entry;
      this.onUpdate({ status: entry.record.status });
      if (!entry.isFinal && entry.handle.jobId === undefined) await this.#submit(entry, stop);
      this.#answered();
      if (entry.isFinal) this.#finish(entry);
      else if (detached) this.#abort.abort();
      else await track(this, connection, stop, isNew);
      stop.throwIfAborted();
    } catch (error) {
      this.#updates.reject(signal?.aborted ? signal.reason : error);
    }
  }

  /** The job's entry. Of a record that a store writes after the timeout nothing stays, since nothing was sent. */
  async #opened(opening: Promise<JobEntry>): Promise<JobEntry> {
    const { isNew, signal } = this.#deps;
    const stop = this.#abort.signal;
    try {
      return await orAborted(opening, stop);
    } catch (error) {
      if (!isNew || !stop.aborted) throw error;
      const undo = (entry: JobEntry) => (signal?.aborted ? stopped(entry, stop.reason) : entry.discard());
      this.#undone = opening.then<unknown>(undo).catch(() => {});
      throw signal?.aborted ? error : notStored(this.#planned, stop.reason);
    }
  }

  /** Under its lease, so that two runtimes do not both upload its images. */
  async #submit(entry: JobEntry, stop: AbortSignal): Promise<void> {
    const { connection, store } = this.#deps;
    let sending: Promise<void> | undefined;
    const work = async () => {
      // A lease may come after the timeout, or after it has failed.
      stop.throwIfAborted();
      if (hasFailed) return;
      await (sending = this.#send(entry, connection, stop));
    };
    let hasFailed = false;
    let cause: unknown;
    try {
      await orAborted((async () => store.lease(entry.handle.id, work, stop))(), stop);
    } catch (error) {
      cause = error;
    }
    // A lease may end with its signal, before the request is answered.
    if (sending) return sending;
    hasFailed = true;
    throw stop.aborted ? await stopped(entry, stop.reason) : this.#storeError(entry, cause);
  }

  async #send(entry: JobEntry, connection: GatewayConnection, stop: AbortSignal): Promise<void> {
    try {
      await orAborted(entry.refresh(), stop);
    } catch (cause) {
      throw stop.aborted ? await stopped(entry, stop.reason) : this.#storeError(entry, cause);
    }
    if (entry.handle.jobId === undefined) await this.apply(await submit(entry, connection, stop));
  }

  /** The lease or the record was not to be had. Of a new job nothing was sent, and its record goes. */
  #storeError(entry: JobEntry, cause: unknown): FilmgateError {
    const { handle } = entry;
    if (!this.#deps.isNew) return storeFailed(handle, cause);
    void entry.discard().catch(() => {});
    return notStored(handle, cause);
  }

  #finish({ record: { outcome, error } }: JobEntry): void {
    if (outcome) this.#updates.resolve(outcome);
    else if (error) this.#updates.reject(new FilmgateError(error));
  }
}

const STATUS_ORDER: Status[] = ["submitting", "reconciling", "queued", "running"];

function isLater(update: JobUpdate, last: JobUpdate): boolean {
  const [step, before] = [STATUS_ORDER.indexOf(update.status), STATUS_ORDER.indexOf(last.status)];
  if (step !== before) return step < 0 || step > before;
  const [progress = 0, known = 0] = [update.progress, last.progress];
  return progress > known || (progress === known && update.etaMs !== last.etaMs);
}
