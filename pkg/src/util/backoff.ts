/** Limits of an exponential back-off, in milliseconds. */
export interface Backoff {
  /** The wait after the first failure. */
  initialMs: number;
  /** The longest wait. */
  maxMs: number;
}

/** The wait after so many consecutive failures: doubled each time, up to the maximum. */
export function backoffMs(failures: number, { initialMs, maxMs }: Backoff): number {
  return Math.min(initialMs * 2 ** Math.max(failures - 1, 0), maxMs);
}

/** The wait plus or minus a quarter, so that clients that failed together do not retry together. */
export function withJitter(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}
