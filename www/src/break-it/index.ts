// Break it: faults on demand, to see that a job still ends with a video and one charge.
import type { SimulatorControl } from "./control.js";
import { NOT_FOUND_MS, rulesOf } from "./switches.js";
import type { SwitchId } from "./switches.js";

export interface BreakItOptions {
  /** How long a job is not found, in milliseconds. @default 60_000 */
  notFoundMs?: number;
}

/**
 * The switches of a simulator. A switch stays on until it is switched off, and its faults meet each job anew: call
 * `beforeSubmit` before every submit. All faults are bounded, so that each job ends.
 */
export class BreakIt {
  readonly #control: SimulatorControl;
  readonly #notFoundMs: number;
  readonly #on = new Set<SwitchId>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(control: SimulatorControl, { notFoundMs = NOT_FOUND_MS }: BreakItOptions = {}) {
    this.#control = control;
    this.#notFoundMs = notFoundMs;
  }

  isOn(id: SwitchId): boolean {
    return this.#on.has(id);
  }

  /** Turns a switch. What it does begins with the next submit or, for polls and downloads, at once. */
  async turn(id: SwitchId, isOn: boolean): Promise<void> {
    if (isOn) this.#on.add(id);
    else this.#on.delete(id);
    await this.beforeSubmit();
  }

  /** Sets the faults of all switches that are on, for the next job. Also ends those of an earlier page. */
  async beforeSubmit(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#control.setFaults(rulesOf((id) => this.#on.has(id)));
    if (!this.#on.has("not-found")) return;
    const end = () => void this.#control.setFaults(rulesOf((id) => id !== "not-found" && this.#on.has(id))).catch(() => {});
    this.#timer = setTimeout(end, this.#notFoundMs);
  }

  /** Turns all switches off. */
  async close(): Promise<void> {
    this.#on.clear();
    await this.beforeSubmit();
  }
}

export { pageControl, serverControl } from "./control.js";
export { ledgerRows, lostRows, rowOf, verdictText } from "./ledger.js";
export { SWITCHES } from "./switches.js";
export type { SimulatorControl, Transact } from "./control.js";
export type { LedgerRow, Verdict } from "./ledger.js";
export type { Switch, SwitchId } from "./switches.js";
