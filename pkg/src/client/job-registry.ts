import { FilmgateError } from "../error.js";
import { Turns } from "../util/serial.js";
import type { Handle, JobRecord, Store } from "../types/index.js";
import { isUuid } from "../util/uuid.js";

/** The jobs of a client: those that run here, and those of its store. */
export class KnownJobs<Running extends { readonly handle: Handle }> {
  /** By key, so that one is never run twice. */
  readonly running = new Map<string, Running>();
  readonly #store: Store;
  readonly #cameToNothing: (record: JobRecord) => boolean;
  readonly #turns = new Turns();

  /** `cameToNothing`: whether a job ended before anyone had it, in a way that lets it be tried again. */
  constructor(store: Store, cameToNothing: (record: JobRecord) => boolean) {
    this.#store = store;
    this.#cameToNothing = cameToNothing;
  }

  /** Submits, unless there is a job of that key, or comes to be one meanwhile. */
  async unless<T>(key: string | undefined, submit: () => Promise<T>): Promise<T | Handle> {
    if (key === undefined) return submit();
    if (!isUuid(key)) throw new TypeError("`idempotencyKey` must be a UUID of version 4, in lower case.");
    return this.#turns.take(key, async () => {
      const known = await this.#known(key);
      if (known) return known;
      try {
        return await submit();
      } catch (error) {
        // A store that did not fail but refused has another client's record by now.
        const isRefused =
          error instanceof FilmgateError && error.code === "store_error" && error.cause == null;
        const first = isRefused ? await this.#known(key) : undefined;
        if (first) return first;
        throw error;
      }
    });
  }

  /** Keeps a job in mind until it is over. */
  run(job: Running, over: Promise<unknown>): void {
    const { id: key } = job.handle;
    this.running.set(key, job);
    const forget = () => void (this.running.get(key) === job && this.running.delete(key));
    over.then(forget, forget);
  }

  /** The job of that key, unless it came to nothing before any provider had it. */
  async #known(key: string): Promise<Handle | undefined> {
    const running = this.running.get(key);
    if (running) return running.handle;
    const entry = await this.#store.get(key);
    if (!entry || !this.#cameToNothing(entry.record)) return entry?.record.handle;
    // Whoever submits under this key holds its lease: what is dropped here is nobody's.
    return this.#store.lease(key, async () => {
      const now = await this.#store.get(key);
      if (!now || !this.#cameToNothing(now.record)) return now?.record.handle;
      await this.#store.delete(key);
      return undefined;
    });
  }
}
