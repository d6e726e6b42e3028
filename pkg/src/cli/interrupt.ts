// SIGINT, SIGTERM and SIGHUP end the waiting, not the job. The first one lets a submit finish, so that its job is known;
// the second one ends the process at once. What is stored by then is found again.
import { EXIT } from "./exit-codes.js";

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;

export class Interrupt {
  readonly #controller = new AbortController();
  readonly #listeners: [NodeJS.Signals, () => void][] = [];
  /** The exit code of the signal that was received. */
  exitCode: number | undefined;

  constructor(onFirst: () => void = () => {}) {
    for (const [name, exitCode] of Object.entries(SIGNALS) as [NodeJS.Signals, number][]) {
      const listener = () => {
        if (this.exitCode !== undefined) process.exit(exitCode);
        this.exitCode = exitCode;
        onFirst();
        this.#controller.abort(new Interrupted());
      };
      process.on(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Signals end the process again. */
  close(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }
}

/** The reason of the signal. */
export class Interrupted extends Error {
  constructor() {
    super("Interrupted.");
  }
}
