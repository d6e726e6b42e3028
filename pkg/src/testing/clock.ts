// Waits that end earlier if the clock is advanced.
import { MAX_TIMER_MS } from "../util/sleep.js";

interface Wait {
  due: number;
  timer: ReturnType<typeof setTimeout>;
  end: () => void;
}

export class Clock {
  readonly #waits = new Set<Wait>();

  /** Resolves after `ms`. Rejects with the signal's reason if it aborts first. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Tests with mocked timers need not advance them for an immediate response.
    if (ms === 0) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(wait.timer);
        this.#waits.delete(wait);
        signal.removeEventListener("abort", stop);
        settle();
      };
      const stop = () => finish(() => reject(signal.reason));
      const end = () => finish(resolve);
      const wait: Wait = { due: Date.now() + ms, timer: after(ms, end), end };
      this.#waits.add(wait);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** All waits end sooner by `ms`. */
  advance(ms: number): void {
    for (const wait of this.#waits) {
      wait.due -= ms;
      clearTimeout(wait.timer);
      wait.timer = after(wait.due - Date.now(), wait.end);
    }
  }
}

function after(ms: number, end: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(end, Math.min(Math.max(0, ms), MAX_TIMER_MS));
}
