import type { VideoResult, JobUpdate } from "../types/index.js";

/** What is known of the progress, if anything is. */
export const progressOf = ({ progress, etaMs }: Partial<JobUpdate> = {}): Pick<JobUpdate, "progress" | "etaMs"> => ({
  ...(progress !== undefined && { progress }),
  ...(etaMs !== undefined && { etaMs }),
});

/** The updates of a job or a batch, as an async iterable, and its result. */
export class UpdateStream<Update = JobUpdate, Result = VideoResult> {
  readonly updates: Update[] = [];
  /** Rejects with the reason why waiting ended. */
  readonly result: Promise<Result>;
  /** Whether there are no further updates. */
  ended = false;
  /** Called with each update, before anyone else receives it. */
  onUpdate: ((update: Update) => void) | undefined;
  resolve!: (result: Result) => void;
  reject!: (reason: unknown) => void;
  readonly #listeners = new Set<() => void>();

  constructor(onEnd: () => void) {
    this.result = new Promise<Result>((resolve, reject) => {
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

  push(update: Update): void {
    this.updates.push(update);
    this.onUpdate?.(update);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Update> {
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
