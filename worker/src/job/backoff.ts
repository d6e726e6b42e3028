// Waits before a failed step is retried.

const INITIAL_MS = 1_000;
const MAX_MS = 60_000;

/** Exponential, up to a minute. */
export const backOff = (failures: number): number =>
  withJitter(Math.min(INITIAL_MS * 2 ** failures, MAX_MS));

/** Plus or minus a quarter, so that what failed together is not retried at the same time. */
export const withJitter = (ms: number): number => ms * (0.75 + Math.random() / 2);
