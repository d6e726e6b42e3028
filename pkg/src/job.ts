import { InstanceGone, call, watch } from "./core.js";
import { onAbort } from "./abort.js";
import type { Connection } from "./connection.js";
import { FilmgateError } from "./error.js";
import { Host } from "./host.js";
import type { Cancellation, Handle, Job, Outcome, ProviderId, Store, Update } from "./types.js";
import type { Done, Output, Step } from "./wire.js";

// A module that breaks on one step again and again will not film it.
const MOST_STRIKES = 3;

/** What a job needs to run. */
export interface Stage {
  connection: (provider: ProviderId) => Connection;
  store: Store;
  signal?: AbortSignal | undefined;
  /** Whether nothing of the job can have been sent before. */
  isNew: boolean;
  /** The job's first step, or how to find it once the lease is held. */
  open: () => Step | Promise<Step>;
  /** The job once more, for a cancel after this one has stopped waiting. */
  again?: (handle: Handle) => Job;
}

/** One job, running. */
export class RunningJob implements Job {
  /** Settles once the provider has answered the submit, or nobody waits for it. */
  readonly submitted: Promise<void>;
  readonly #stage: Stage;
  #handle: Handle;
  #host: Host | undefined;
  #updates: Update[] = [];
  #ended = false;
  readonly #listeners = new Set<() => void>();
  readonly #cancelling = new Set<(cancellation: Cancellation) => void>();
  readonly #unlisten: () => void;
  #answered: () => void = () => {};
  #settle!: { resolve: (outcome: Outcome) => void; reject: (reason: unknown) => void };
  readonly #outcome: Promise<Outcome>;

  constructor(handle: Handle, stage: Stage) {
    this.#handle = handle;
    this.#stage = stage;
    this.submitted = new Promise((resolve) => (this.#answered = resolve));
    this.#outcome = new Promise<Outcome>((resolve, reject) => {
      this.#settle = { resolve, reject };
    }).finally(() => this.#end());
    // Nobody may be waiting yet.
    this.#outcome.catch(() => {});
    this.#unlisten = onAbort(stage.signal, () => this.#settle.reject(stage.signal?.reason));
    void this.#hold();
  }

  get handle(): Handle {
    return this.#host?.state.handle ?? this.#handle;
  }

  result(): Promise<Outcome> {
    return this.#outcome;
  }

  async cancel(): Promise<Cancellation> {
    if (!this.#ended) {
      const cancelled = new Promise<Cancellation>((resolve) => this.#cancelling.add(resolve));
      this.#host?.post({ type: "cancel" });
      // A job that ends some other way settles the question too.
      const answer = await Promise.race([cancelled, this.#outcome.then(noop, noop)]);
      if (answer) return answer;
    }
    const { submittedAt, endedAt } = this.handle;
    const goesOn = submittedAt !== undefined && endedAt === undefined;
    if (goesOn && this.#stage.again) return this.#stage.again(this.handle).cancel();
    return this.#outcome.then(
      () => ({ result: "too_late", charge: "charged" }),
      (error: unknown) => {
        if (goesOn || !(error instanceof FilmgateError)) throw error;
        return { result: "too_late", charge: error.charge };
      },
    );
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Update> {
    for (let at = 0; ; at++) {
      while (at >= this.#updates.length && !this.#ended) await this.#news();
      const update = this.#updates[at];
      if (!update) return;
      yield update;
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const heard = () => {
        this.#listeners.delete(heard);
        resolve();
      };
      this.#listeners.add(heard);
    });
  }

  #end(): void {
    this.#ended = true;
    this.#unlisten();
    this.#answered();
    for (const heard of [...this.#listeners]) heard();
  }

  /** Runs the job under its lease, which is held until nothing of it is on its way any longer. */
  async #hold(): Promise<void> {
    const { store, signal } = this.#stage;
    try {
      await store.lease(this.#handle.key, () => this.#run(), signal);
    } catch (error) {
      this.#settle.reject(signal?.aborted ? signal.reason : this.#unstored(error));
    }
  }

  async #run(): Promise<void> {
    const { connection, open, signal, store } = this.#stage;
    signal?.throwIfAborted();
    const step = await open();
    this.#handle = step.state.handle;
    const tell = (output: Output) => this.#hear(output);
    const host = new Host(step, connection(this.#handle.provider), store, tell, signal);
    this.#host = host;
    if (this.#cancelling.size > 0) host.post({ type: "cancel" });
    try {
      const done = await this.#drive(host);
      // What the network or the store threw is the cause of an error that it led to.
      if (done.error && host.lastFailure !== undefined) done.error.cause = host.lastFailure;
      this.#finish(done);
    } catch (error) {
      this.#settle.reject(signal?.aborted ? signal.reason : error);
    } finally {
      await host.settled();
      this.#handle = host.state.handle;
      this.#host = undefined;
      host.end();
    }
  }

  /** Drives the job to its end; on another instance where one breaks. */
  async #drive(host: Host): Promise<Done> {
    for (;;) {
      let unwatch = (): void => {};
      const gone = new Promise<undefined>((resolve) => {
        unwatch = watch(() => resolve(undefined));
      });
      try {
        const driving = call((core) => core.drive(host)) as Promise<Done>;
        const done = await Promise.race([driving, gone]);
        if (done) return done;
      } catch (error) {
        if (!(error instanceof InstanceGone)) throw error;
        if (host.strikes >= MOST_STRIKES) throw this.#broken(error);
      } finally {
        unwatch();
      }
      // What the broken instance waited for is not known, so the next one looks at the time.
      host.post({ type: "timeout" });
    }
  }

  #hear(output: Output): void {
    if (output.type === "cancelled") {
      for (const resolve of this.#cancelling) resolve(output.cancellation);
      this.#cancelling.clear();
    }
    if (output.type !== "update") return;
    const { progress, ...update } = output.update;
    this.#updates.push(progress === undefined ? update : { ...update, progress: progress / 100 });
    if (update.status !== "submitting" && update.status !== "settling") this.#answered();
    for (const heard of [...this.#listeners]) heard();
  }

  #finish(done: Done): void {
    if (done.error) this.#settle.reject(new FilmgateError(done.error));
    else this.#settle.resolve(done.outcome);
  }

  /** A store's own failure; ours go on as they are. */
  #unstored(cause: unknown): unknown {
    if (cause instanceof FilmgateError) return cause;
    const { isNew } = this.#stage;
    return new FilmgateError({
      code: "store_failed",
      message: isNew ? "The store failed, so nothing was sent." : "The store could not be read.",
      charge: isNew ? "none" : "unknown",
      retryable: isNew,
      handle: this.#handle,
      cause,
    });
  }

  #broken(cause: unknown): FilmgateError {
    return new FilmgateError({
      code: "internal",
      message: "filmgate's module broke on this job. Its record is kept: resume it by its handle.",
      charge: "unknown",
      handle: this.handle,
      cause,
    });
  }
}

function noop(): undefined {}
