import { FilmgateError } from "../error.js";
import { SerialQueue } from "../util/serial.js";
import { within } from "../util/within.js";
import type { Handle, JobRecord, Store, SubmitOptions } from "../types/index.js";

const DEFAULT_TIMEOUT_MS = 3_600_000;

/** A job of a client. */
interface RegisteredJob {
  readonly handle: Handle;
  /** Resolves once nothing of it continues, not even a late write. */
  readonly settled: Promise<unknown>;
}

/** The jobs of a client: those tracked in this process, and those of its store. */
export class JobRegistry<TJob extends RegisteredJob> {
  /** By id, so that a job is never tracked twice. */
  readonly running = new Map<string, TJob>();
  /** Jobs that have ended, but whose last write may still come. */
  readonly #closing = new Map<string, Promise<unknown>>();
  readonly #store: Store;
  readonly #isRetryableFailure: (record: JobRecord) => boolean;
  readonly #queue = new SerialQueue();

  /** `isRetryableFailure`: whether a job failed before it was accepted, so that it may be submitted again. */
  constructor(store: Store, isRetryableFailure: (record: JobRecord) => boolean) {
    this.#store = store;
    this.#isRetryableFailure = isRetryableFailure;
  }

  /** Submits, unless a job with that id exists or is created meanwhile. The timeout includes that search. */
  async submitOnce<T>(options: SubmitOptions, submit: (options: SubmitOptions) => Promise<T>): Promise<T | Handle> {
    const { idempotencyKey: id, timeoutMs, signal } = options;
    if (id === undefined) return submit(options);
    const due = performance.now() + (timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const inTime = <U>(work: Promise<U>) => within(work, due - performance.now(), storeTimeout, signal);
    const turn = this.#queue.acquire(id);
    try {
      await inTime(turn);
      const existing = await inTime(this.#find(id).catch(rethrow));
      if (existing) return existing;
      try {
        return await submit(timeoutMs === undefined ? options : { ...options, timeoutMs: due - performance.now() });
      } catch (error) {
        // A store that rejected the write, and did not fail, has the record of another client.
        const isConflict =
          error instanceof FilmgateError && error.code === "store_error" && error.cause == null;
        const other = isConflict ? await inTime(this.#find(id).catch(rethrow)) : undefined;
        if (other) return other;
        throw error;
      }
    } finally {
      // Also if it comes after the timeout.
      void turn.then((release) => release());
    }
  }

  /** Registers a job until `ended` settles. */
  add(job: TJob, ended: Promise<unknown>): void {
    const { id } = job.handle;
    this.running.set(id, job);
    const remove = () => {
      if (this.running.get(id) === job) this.running.delete(id);
      const { settled } = job;
      this.#closing.set(id, settled);
      void settled.then(() => this.#closing.get(id) === settled && this.#closing.delete(id));
    };
    ended.then(remove, remove);
  }

  /** The job with that id, unless it failed before any provider accepted it. */
  async #find(id: string): Promise<Handle | undefined> {
    const running = this.running.get(id);
    if (running) return running.handle;
    // A record that a late write leaves behind is removed there.
    await this.#closing.get(id);
    const entry = await this.#store.get(id);
    if (!entry || !this.#isRetryableFailure(entry.record)) return entry?.record.handle;
    // A submit with this id holds the lease, so that nothing in use is deleted.
    return this.#store.lease(id, async () => {
      const current = await this.#store.get(id);
      if (!current || !this.#isRetryableFailure(current.record)) return current?.record.handle;
      await this.#store.delete(id);
      return undefined;
    });
  }
}

function rethrow(cause: unknown): never {
  throw cause instanceof FilmgateError ? cause : storeError("The store failed.", cause);
}

function storeTimeout(): FilmgateError {
  const what = "The store did not answer before the timeout.";
  return storeError(what, new Error(what));
}

function storeError(what: string, cause: unknown): FilmgateError {
  const message = `${what} Nothing was sent: check the store and submit again.`;
  return new FilmgateError({ code: "store_error", message, retryable: true, cause });
}
