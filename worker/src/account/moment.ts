// Lets calls that arrive at about the same time go on together: the engine then stores what they write at once, which is
// what a create mostly waits for.

const WAIT_MS = 2;

export class Moment {
  #next: Promise<void> | undefined;

  /** Resolves for all callers of the same moment in the same turn. */
  wait(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#next = undefined;
        resolve();
      }, WAIT_MS);
    });
    return this.#next;
  }
}
