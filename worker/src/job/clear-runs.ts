// What the jobs of one isolate know of the providers for a moment, so that a burst of submits does not ask the breaker about
// each of them. Plain data: objects that share an isolate share no promise.
import type { ProviderId } from "filmgate";
import type { SubmitAdmission } from "../types.js";

/** That a provider answers counts for so long for those that are tried after another one. */
const UP_MS = 1_000;

interface ClearRun {
  /** Submits that need not ask until then. */
  left: number;
  until: number;
}

export class ClearRuns {
  readonly #runs = new Map<ProviderId, ClearRun>();
  readonly #upAt = new Map<ProviderId, number>();
  readonly #failures = new Map<ProviderId, number>();

  /** How many submits have failed by now: what was asked before one of them grants nothing after it. */
  failures(provider: ProviderId): number {
    return this.#failures.get(provider) ?? 0;
  }

  /** The breaker lets more submits pass than the one that has asked. */
  grant(provider: ProviderId, { more = 0, forMs = 0 }: SubmitAdmission & { isAdmitted: true }, now: number): void {
    if (more > 0) this.#runs.set(provider, { left: more, until: now + forMs });
  }

  /** Whether one of these submits is left. */
  take(provider: ProviderId, now: number): boolean {
    const run = this.#runs.get(provider);
    if (!run || run.left <= 0 || now > run.until) return false;
    run.left -= 1;
    return true;
  }

  /** The breaker said that the provider answers. */
  onUp(provider: ProviderId, now: number): void {
    this.#upAt.set(provider, now);
  }

  isUp(provider: ProviderId, now: number): boolean {
    const at = this.#upAt.get(provider);
    return at !== undefined && now >= at && now - at <= UP_MS;
  }

  /** A submit has failed: the next one asks. */
  end(provider: ProviderId): void {
    this.#runs.delete(provider);
    this.#upAt.delete(provider);
    this.#failures.set(provider, this.failures(provider) + 1);
  }
}
