import { FilmgateError } from "../error.js";
import { SerialQueue } from "../util/serial.js";
import { isUuid } from "../util/uuid.js";
import type { Handle, JobRecord, Store } from "../types/index.js";

/** The jobs of a client: those tracked in this process, and those of its store. */
export class JobRegistry<TJob extends { readonly handle: Handle }> {
  /** By id, so that a job is never tracked twice. */
  readonly running = new Map<string, TJob>();
  readonly #store: Store;
  readonly #isRetryableFailure: (record: JobRecord) => boolean;
  readonly #queue = new SerialQueue();

  /** `isRetryableFailure`: whether a job failed before it was accepted, so that it may be submitted again. */
  constructor(store: Store, isRetryableFailure: (record: JobRecord) => boolean) {
    this.#store = store;
    this.#isRetryableFailure = isRetryableFailure;
  }

  /** Submits, unless a job with that id exists or is created meanwhile. */
  async submitOnce<T>(id: string | undefined, submit: () => Promise<T>): Promise<T | Handle> {
    if (id === undefined) return submit();
    if (!isUuid(id)) throw new TypeError("`idempotencyKey` must be a UUID v4 in lower case.");
    return this.#queue.run(id, async () => {
      const existing = await this.#find(id);
      if (existing) return existing;
      try {
        return await submit();
      } catch (error) {
        // A store that rejected the write, and did not fail, has the record of another client.
        const isConflict =
          error instanceof FilmgateError && error.code === "store_error" && error.cause == null;
        const other = isConflict ? await this.#find(id) : undefined;
        if (other) return other;
        throw error;
      }
    });
  }

  /** Registers a job until `ended` settles. */
  add(job: TJob, ended: Promise<unknown>): void {
    const { id } = job.handle;
    this.running.set(id, job);
    const remove = () => void (this.running.get(id) === job && this.running.delete(id));
    ended.then(remove, remove);
  }

  /** The job with that id, unless it failed before any provider accepted it. */
  async #find(id: string): Promise<Handle | undefined> {
    const running = this.running.get(id);
    if (running) return running.handle;
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
