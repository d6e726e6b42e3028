import type { VideoResult, JobUpdate } from "../types/index.js";

/** The updates of a job, as an async iterable, and its result. */
export class UpdateStream {
  readonly updates: JobUpdate[] = [];
  /** Rejects with the reason why waiting ended. */
  readonly result: Promise<VideoResult>;
  /** Whether there are no further updates. */
  ended = false;
  resolve!: (result: VideoResult) => void;
  reject!: (reason: unknown) => void;
  readonly #listeners = new Set<() => void>();

  constructor(onEnd: () => void) {
    this.result = new Promise<VideoResult>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    }).finally(() => {
      this.ended = true;
      onEnd();
      this.#wake();
    });
    // The caller may not listen yet.
    this.result.catch(() => {});
  }

  push(update: JobUpdate): void {
    this.updates.push(update);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    for (let at = 0; ; at++) {
      while (at >= this.updates.length && !this.ended) await this.#changed();
      const update = this.updates[at];
      if (!update) return;
      yield update;
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
