import { InstanceGone, call, guarded } from "./core.js";
import type { Connection } from "./connection.js";
import { FilmgateError } from "./error.js";
import { Host } from "./host.js";
import type { Cancellation, Handle, Job, Outcome, Store, Update } from "./types.js";
import type { Done, Output, Settings, Step } from "./wire.js";

// A module that breaks on one job again and again will not film it.
const MOST_RESTARTS = 3;

/** What a job needs to run. */
export interface Stage {
  connection: Connection;
  store: Store;
  settings: Settings;
  signal?: AbortSignal | undefined;
  /** The job's first step, or how to find it once the lease is held. */
  open: () => Step | Promise<Step>;
}

/** One job, running. */
export class RunningJob implements Job {
  /** Settles once the provider has answered the submit, or the job has ended. */
  readonly submitted: Promise<void>;
  #handle: Handle;
  #host: Host | undefined;
  #updates: Update[] = [];
  #ended = false;
  #listeners = new Set<() => void>();
  #cancelling: ((cancellation: Cancellation) => void)[] = [];
  #answered: () => void = () => {};
  readonly #outcome: Promise<Outcome>;

  constructor(handle: Handle, stage: Stage) {
    this.#handle = handle;
    this.submitted = new Promise((resolve) => (this.#answered = resolve));
    this.#outcome = stage.store
      .lease(handle.key, () => this.#run(stage), stage.signal)
      .finally(() => this.#end());
    // Nobody may be waiting yet.
    this.#outcome.catch(() => {});
  }

  get handle(): Handle {
    return this.#handle;
  }

  result(): Promise<Outcome> {
    return this.#outcome;
  }

  cancel(): Promise<Cancellation> {
    if (this.#ended) {
      return this.#outcome.then(
        () => ({ result: "too_late", charge: "charged" }),
        (error: unknown) => ({
          result: "too_late",
          charge: error instanceof FilmgateError ? error.charge : "unknown",
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#cancelling.push(resolve);
      this.#host?.post({ type: "cancel" });
      // A job that ends some other way settles the question too.
      this.#outcome.then(
        () => resolve({ result: "too_late", charge: "charged" }),
        (error: unknown) => {
          if (error instanceof FilmgateError) resolve({ result: "too_late", charge: error.charge });
          else reject(error);
        },
      );
    });
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
    this.#answered();
    for (const heard of [...this.#listeners]) heard();
  }

  async #run(stage: Stage): Promise<Outcome> {
    stage.signal?.throwIfAborted();
    let step = await stage.open();
    for (let restarts = 0; ; restarts++) {
      try {
        return this.#finish(await this.#drive(step, stage));
      } catch (error) {
        if (!(error instanceof InstanceGone)) throw error;
        if (restarts === MOST_RESTARTS) throw this.#broken(error);
        step = await this.#reopen(stage);
      }
    }
  }

  async #drive(step: Step, stage: Stage): Promise<Done> {
    const tell = (output: Output) => this.#hear(output);
    const host = new Host(step.state, stage.connection, stage.store, tell, stage.signal);
    this.#host = host;
    if (this.#cancelling.length > 0) host.post({ type: "cancel" });
    try {
      const driving = guarded(call((core) => core.drive(host, step.outputs)) as Promise<Done>);
      const done = await Promise.race([driving, host.gone]);
      // What the network threw is the cause of an error that a lost answer led to.
      if (done.error && host.lastFailure !== undefined) done.error.cause = host.lastFailure;
      return done;
    } finally {
      this.#handle = host.state.handle;
      this.#host = undefined;
      host.end();
    }
  }

  /** Goes on from the record, on a fresh instance of the module. */
  async #reopen(stage: Stage): Promise<Step> {
    const entry = await stage.store.get(this.#handle.key);
    const step = call((core) =>
      core.resume(entry?.record ?? this.#handle, entry?.revision ?? 0, stage.settings, Date.now()),
    ) as Step | undefined;
    if (!step) throw this.#broken(undefined);
    return step;
  }

  #hear(output: Output): void {
    if (this.#host) this.#handle = this.#host.state.handle;
    if (output.type === "cancelled") {
      for (const resolve of this.#cancelling.splice(0)) resolve(output.cancellation);
    }
    if (output.type !== "update") return;
    const { progress, ...update } = output.update;
    this.#updates.push(progress === undefined ? update : { ...update, progress: progress / 100 });
    if (update.status !== "submitting" && update.status !== "settling") this.#answered();
    for (const heard of [...this.#listeners]) heard();
  }

  #finish(done: Done): Outcome {
    if (!done.error) {
      this.#handle = done.outcome.handle;
      return done.outcome;
    }
    if (done.error.handle) this.#handle = done.error.handle;
    throw new FilmgateError(done.error);
  }

  #broken(cause: unknown): FilmgateError {
    return new FilmgateError({
      code: "internal",
      message: "filmgate's module broke on this job. Its record is kept: resume it by its handle.",
      charge: "unknown",
      handle: this.#handle,
      cause,
    });
  }
}
