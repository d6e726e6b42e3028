/** Runs work on the same key one after the other, in the order of the calls. */
export class SerialQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.catch(() => {});
    this.#last.set(key, settled);
    void settled.then(() => this.#last.get(key) === settled && this.#last.delete(key));
    return result;
  }

  /** Resolves with a function that ends the turn, once the turn has come. */
  acquire(key: string): Promise<() => void> {
    return new Promise((resolve) => {
      void this.run(key, () => new Promise<void>((release) => resolve(release)));
    });
  }
}
