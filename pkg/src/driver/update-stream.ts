import type { VideoResult, JobUpdate } from "../types/index.js";

/** What a job has to tell: its steps, one after the other, and its end. */
export class News {
  readonly updates: JobUpdate[] = [];
  /** Rejects with whatever ended the waiting. */
  readonly outcome: Promise<VideoResult>;
  /** Nothing more will be told. */
  ended = false;
  resolve!: (outcome: VideoResult) => void;
  reject!: (reason: unknown) => void;
  readonly #listeners = new Set<() => void>();

  constructor(ended: () => void) {
    this.outcome = new Promise<VideoResult>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    }).finally(() => {
      this.ended = true;
      ended();
      this.#wake();
    });
    // Nobody may be waiting yet.
    this.outcome.catch(() => {});
  }

  tell(update: JobUpdate): void {
    this.updates.push(update);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    for (let at = 0; ; at++) {
      while (at >= this.updates.length && !this.ended) await this.#more();
      const update = this.updates[at];
      if (!update) return;
      yield update;
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const heard = () => {
        this.#listeners.delete(heard);
        resolve();
      };
      this.#listeners.add(heard);
    });
  }

  #wake(): void {
    for (const heard of [...this.#listeners]) heard();
  }
}
