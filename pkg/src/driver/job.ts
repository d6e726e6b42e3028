import { describe } from "../core/core.js";
import { onAbort } from "../util/abort.js";
import type { Connection } from "./connection.js";
import { FilmgateError } from "../error.js";
import { Broken, Host } from "./driver.js";
import type { Place } from "./limiter.js";
import { News } from "./update-stream.js";
import type {
  CancelResult,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  VideoResult,
  ProviderId,
  Store,
  JobUpdate,
} from "../types/index.js";
import { LONGEST_WAIT_MS } from "../core/protocol.js";
import type { Done, JobState, Output, Step } from "../core/protocol.js";

/** What a job needs to run. */
export interface Stage {
  connection: (provider: ProviderId) => Connection;
  store: Store;
  signal?: AbortSignal | undefined;
  /** The first step of a new job: nothing of it can have been sent before. */
  begun?: Step | undefined;
  /** How to find the first step once the lease is held. */
  open: () => Step | Promise<Step>;
  /** What is still to be done under the lease when the job is over. */
  last?: () => Promise<void>;
  /** The job once more, for a cancel after this one has stopped waiting. */
  again?: (handle: Handle) => Job;
  /** Goes on no longer than one poll; where that brings no end, `result()` never settles. */
  once?: boolean | undefined;
}

/** One job, running. */
export class RunningJob implements Job {
  /** Settles once the provider has answered the submit and that is stored, or nobody waits for it. */
  readonly submitted: Promise<void>;
  /** Settles once nothing of the job goes on here. Never rejects. */
  readonly over: Promise<void>;
  readonly #stage: Stage;
  #handle: Handle;
  #host: Host | undefined;
  /** As it was when it was last driven. */
  #state: JobState | undefined;
  readonly #news = new News(() => this.#end());
  readonly #cancelling = new Set<(cancellation: CancelResult) => void>();
  /** Ends the wait for a place. */
  readonly #quit = new AbortController();
  /** When the provider was heard to have a new job, by the clock that only goes forward. */
  #acceptedAt: number | undefined;
  /** What the job took, where that is known. */
  executionTimeMs: number | undefined;
  /** Why nothing more is awaited here, if that is not the job's end: the first of the reasons. */
  failure: { reason: unknown } | undefined;
  /** Webhooks that came before the job was under way. */
  #hints: unknown[] = [];
  readonly #unlisten: () => void;
  #answered: () => void = () => {};

  constructor(handle: Handle, stage: Stage) {
    this.#handle = handle;
    this.#stage = stage;
    this.submitted = new Promise((resolve) => (this.#answered = resolve));
    this.#unlisten = onAbort(stage.signal, () => this.#reject(stage.signal?.reason));
    this.over = this.#hold();
  }

  get handle(): Handle {
    return this.#host?.state.handle ?? this.#handle;
  }

  result(): Promise<VideoResult> {
    return this.#news.outcome;
  }

  /** As known at this moment, without asking. */
  status(): JobStatus {
    const state = this.#host?.state ?? this.#state;
    const known = state && describe(state);
    const { progress, etaMs } = this.#news.updates.at(-1) ?? {};
    const nextPollAt = state?.requests.wakeAt ?? undefined;
    return {
      ...(known ?? { handle: this.#handle, status: "submitting" }),
      ...(progress !== undefined && { progress }),
      ...(etaMs !== undefined && { etaMs }),
      ...(nextPollAt !== undefined && { nextPollAt }),
    };
  }

  async cancel(): Promise<CancelResult> {
    if (!this.#news.ended) {
      const cancelled = new Promise<CancelResult>((resolve) => this.#cancelling.add(resolve));
      this.#host?.cancel();
      this.#quit.abort();
      // A job that ends some other way settles the question too.
      const answer = await Promise.race([cancelled, this.#news.outcome.then(noop, noop)]);
      if (answer) return answer;
    }
    const { submittedAt, endedAt } = this.handle;
    const goesOn = submittedAt !== undefined && endedAt === undefined;
    if (goesOn && this.#stage.again) return this.#stage.again(this.handle).cancel();
    return this.#news.outcome.then(
      () => ({ result: "already_finished", charge: "charged" }),
      (error: unknown) => {
        if (goesOn || !(error instanceof FilmgateError)) throw error;
        return { result: "already_finished", charge: error.charge };
      },
    );
  }

  /** Takes a webhook's body: a reason to ask at once. */
  hint(body: unknown): void {
    if (this.#host) this.#host.post({ type: "webhook", body });
    else this.#hints.push(body);
  }

  [Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    return this.#news[Symbol.asyncIterator]();
  }

  #reject(reason: unknown): void {
    this.failure ??= { reason };
    this.#news.reject(reason);
  }

  #end(): void {
    this.#unlisten();
    this.#answered();
  }

  /** Runs the job under its lease, which is held until nothing of it is on its way any longer. */
  async #hold(): Promise<void> {
    const { begun, last, store, signal } = this.#stage;
    let place: Place | undefined;
    try {
      // Before it is stored: what is stored may have been sent, for all that a later runtime can know.
      if (begun) place = await this.#queue(begun);
      await store.lease(this.#handle.id, () => this.#run(place).finally(last), signal);
    } catch (error) {
      this.#reject(signal?.aborted ? signal.reason : this.#unstored(error));
    } finally {
      place?.leave();
    }
  }

  /** Waits for a place among the requests to the provider; `undefined` where it was cancelled before. */
  async #queue({ state }: Step): Promise<Place | undefined> {
    const { connection, signal } = this.#stage;
    signal?.throwIfAborted();
    const { provider } = state.handle;
    const quit = this.#quit;
    const unlisten = onAbort(signal, () => quit.abort());
    let late: FilmgateError | undefined;
    const patience = Math.min(state.deadline - Date.now(), LONGEST_WAIT_MS);
    const timer = setTimeout(() => {
      late = this.#crowdedOut(provider);
      quit.abort();
    }, patience);
    try {
      const place = await connection(provider).limiter.wait(quit.signal);
      if (late) throw late;
      return place;
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  async #run(place: Place | undefined): Promise<void> {
    const { connection, open, signal, store, once } = this.#stage;
    signal?.throwIfAborted();
    const step = await open();
    const { consecutiveNotFound, consecutiveStalls } = step.state.polling;
    this.#handle = step.state.handle;
    const tell = (output: Output) => this.#hear(output);
    const to = connection(this.#handle.provider);
    step.state.polling.longPoll = !once && to.hasRoomForLongPoll;
    to.jobs += 1;
    const host = new Host(step, to, store, tell, { signal, place, once });
    this.#host = host;
    if (this.#cancelling.size > 0) host.cancel();
    for (const body of this.#hints.splice(0)) this.hint(body);
    try {
      const done = await host.drive();
      if (done.type === "polled") {
        const counts =
          host.state.polling.consecutiveNotFound !== consecutiveNotFound ||
          host.state.polling.consecutiveStalls !== consecutiveStalls;
        if (!done.error && counts) await this.#keep(host.state);
        if (done.error) this.#reject(done.error);
        else this.#end();
        return;
      }
      // What the network or the store threw is the cause of an error that it led to.
      if (done.error && host.lastFailure !== undefined) done.error.cause = host.lastFailure;
      this.#finish(done);
    } catch (error) {
      const told = error instanceof Broken ? this.#broken(error.cause) : error;
      this.#reject(signal?.aborted ? signal.reason : told);
    } finally {
      await host.settled();
      this.#state = host.state;
      this.#handle = host.state.handle;
      this.#host = undefined;
      to.jobs -= 1;
      host.end();
    }
  }

  /** Stores how many answers in a row brought nothing: the next question goes on counting. */
  async #keep(state: JobState): Promise<void> {
    const record: JobRecord = { ...state };
    // What was sent is kept out of every record.
    delete record.texts;
    try {
      await this.#stage.store.put(state.handle.id, record, state.persistence.revision);
    } catch {
      // Then one answer more is needed before a job is given up.
    }
  }

  #hear(output: Output): void {
    if (output.type === "cancelled") {
      for (const resolve of this.#cancelling) resolve(output.cancellation);
      this.#cancelling.clear();
    }
    if (output.type !== "update") return;
    const { progress, ...update } = output.update;
    if (update.status !== "submitting" && update.status !== "reconciling") {
      // A new job's acceptance is heard as it happens; of an old one it is not known how long ago it was.
      if (this.#stage.begun) this.#acceptedAt ??= performance.now();
      // Whoever hears of it may end this runtime at once, and with it what is only being stored.
      void this.#host?.settled().then(() => this.#answered());
    }
    this.#news.tell(progress === undefined ? update : { ...update, progress: progress / 100 });
  }

  #finish(done: Done): void {
    if (done.error) this.#reject(new FilmgateError(done.error));
    else {
      this.executionTimeMs = done.outcome.timing.executionTimeMs ?? this.#observedMs();
      this.#news.resolve(done.outcome);
    }
  }

  /** A clock that was set says nothing of how long a job took, and neither does a job that was resumed. */
  #observedMs(): number | undefined {
    return this.#acceptedAt && Math.round(performance.now() - this.#acceptedAt);
  }

  /** A store's own failure; ours go on as they are. */
  #unstored(cause: unknown): unknown {
    if (cause instanceof FilmgateError) return cause;
    const isNew = this.#stage.begun !== undefined;
    return new FilmgateError({
      code: "store_error",
      message: isNew ? "The store failed, so nothing was sent." : "The store could not be read.",
      charge: isNew ? "none" : "unknown",
      retryable: isNew,
      handle: this.#handle,
      cause,
    });
  }

  #crowdedOut(provider: ProviderId): FilmgateError {
    return new FilmgateError({
      code: "rate_limited",
      message:
        "Other requests to the provider took all the room for as long as there was time. Nothing was " +
        "sent.",
      provider,
      charge: "none",
      retryable: true,
      handle: this.#handle,
    });
  }

  #broken(cause: unknown): FilmgateError {
    return new FilmgateError({
      code: "internal_error",
      message: "filmgate's module broke on this job. Its record is kept: resume it by its handle.",
      charge: "unknown",
      handle: this.handle,
      cause,
    });
  }
}

function noop(): undefined {}
