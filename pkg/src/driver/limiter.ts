import { retryAfterMs } from "../util/retry-after.js";

const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Leave for one request to be under way. */
export interface Place {
  /** Whether it may be used at this moment. */
  isOpen(): boolean;
  /** Says what the provider answered: one that is too busy is left alone for a while. */
  answered(status: number, retryAfter: string | null | undefined): void;
  /** Gives it to the next one. */
  leave(): void;
}

type Wish = (place: Place) => void;

/**
 * How many requests are under way to one provider; the others wait, in order. After HTTP 429 all wait,
 * for one pause that is everybody's: each job on its own would go on knocking.
 *
 * It looks at no clock: whatever becomes of that, a pause ends when its timer does.
 */
export class Limiter {
  #free: number;
  #pauses = 0;
  /** Pauses begun. A request that left before the latest has nothing to say of it. */
  #epoch = 0;
  /** Pauses in a row, none of which was enough. */
  #strikes = 0;
  readonly #urgent = new Set<Wish>();
  readonly #patient = new Set<Wish>();
  #isUrgentsTurn = true;

  constructor(most: number) {
    this.#free = most;
  }

  /**
   * Calls `admitted` with a place, at once where there is one. Submits and cancels (`isUrgent`) take turns
   * with questions, so that neither kind waits for all of the other. Answers with a way to take the wish back.
   */
  ask(isUrgent: boolean, admitted: Wish): () => void {
    const line = isUrgent ? this.#urgent : this.#patient;
    line.add(admitted);
    this.#admit();
    return () => void line.delete(admitted);
  }

  /** An urgent place, as a promise: of `undefined` where that signal comes first. */
  wait(stop: AbortSignal): Promise<Place | undefined> {
    return new Promise((resolve) => {
      const withdraw = this.ask(true, resolve);
      stop.addEventListener("abort", () => {
        withdraw();
        resolve(undefined);
      });
    });
  }

  #admit(): void {
    while (this.#free > 0 && this.#pauses === 0) {
      const [first, second] = this.#isUrgentsTurn
        ? [this.#urgent, this.#patient]
        : [this.#patient, this.#urgent];
      const line = first.size > 0 ? first : second;
      const [wish] = line;
      if (!wish) return;
      line.delete(wish);
      this.#isUrgentsTurn = line === this.#patient;
      this.#free -= 1;
      wish(this.#place());
    }
  }

  #place(): Place {
    const epoch = this.#epoch;
    let isLeft = false;
    return {
      isOpen: () => this.#pauses === 0,
      answered: (status, retryAfter) => {
        const isTooBusy = isBusy(status, retryAfter);
        if (epoch === this.#epoch) this.#strikes = isTooBusy ? this.#strikes + 1 : 0;
        if (isTooBusy) this.#pause(retryAfter);
      },
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.#free += 1;
        this.#admit();
      },
    };
  }

  #pause(retryAfter: string | null | undefined): void {
    const doubling = SHORTEST_PAUSE_MS * 2 ** Math.min(this.#strikes, 6);
    const wish = retryAfterMs(retryAfter) ?? doubling;
    const ms = Math.min(Math.max(wish, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#epoch += 1;
    this.#pauses += 1;
    const timer: unknown = setTimeout(() => {
      this.#pauses -= 1;
      this.#admit();
    }, ms);
    // Node stays for whoever waits; where nobody does, a pause is no reason to.
    (timer as { unref?: () => void }).unref?.();
  }
}

/** Whether a provider turns a request away unread, for now. */
export function isBusy(status: number, retryAfter: string | null | undefined): boolean {
  return status === 429 || (status === 503 && Boolean(retryAfter));
}
