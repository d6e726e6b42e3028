// What is waited for, so that a clock that is moved forward shortens it.

import { LONGEST_WAIT_MS } from "../core/protocol.js";

interface Wait {
  due: number;
  timer: ReturnType<typeof setTimeout>;
  end: () => void;
}

export class Clock {
  readonly #waits = new Set<Wait>();

  /** Resolves after that time; rejects with the signal's own reason. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Tests that hold the timers need not move them for what takes no time.
    if (ms === 0) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(wait.timer);
        this.#waits.delete(wait);
        signal.removeEventListener("abort", stop);
        how();
      };
      const stop = () => settle(() => reject(signal.reason));
      const end = () => settle(resolve);
      const wait: Wait = { due: Date.now() + ms, timer: after(ms, end), end };
      this.#waits.add(wait);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** Everything is due that much sooner. */
  advance(ms: number): void {
    for (const wait of this.#waits) {
      wait.due -= ms;
      clearTimeout(wait.timer);
      wait.timer = after(wait.due - Date.now(), wait.end);
    }
  }
}

function after(ms: number, end: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(end, Math.min(Math.max(0, ms), LONGEST_WAIT_MS));
}
