// The exit codes of every command. docs/cli.md lists them.
import type { Charge, ErrorCode } from "../types/index.js";

export const EXIT = {
  ok: 0,
  /** filmgate failed. Nothing was billed. */
  internal: 1,
  /** The command line is wrong. Nothing was sent. */
  usage: 2,
  /** The request is invalid, or no listing supports it. Nothing was sent. */
  invalidRequest: 3,
  /** The price is above the spending limit. Nothing was sent. */
  overLimit: 4,
  /** There is no API key, or the provider rejects it. */
  noKey: 5,
  /** It failed, and nothing was billed. */
  failedNotBilled: 6,
  /** It failed, and was billed. */
  failedBilled: 7,
  /** Whether a job exists, or whether it was billed, is unknown. */
  unknown: 8,
  /** The time is over, and the job continues. */
  jobContinues: 9,
  /** Ended by SIGINT, SIGTERM or SIGHUP: 128 and the number of the signal. A job that was submitted continues. */
  interrupted: 130,
  terminated: 143,
  hungUp: 129,
} as const;

/** From the mildest to the worst: of several jobs, the worst one counts. */
const SEVERITY: readonly number[] = [
  EXIT.ok, EXIT.jobContinues, EXIT.usage, EXIT.noKey, EXIT.invalidRequest, EXIT.overLimit, EXIT.internal,
  EXIT.hungUp, EXIT.terminated, EXIT.interrupted, EXIT.failedNotBilled, EXIT.failedBilled, EXIT.unknown,
];

export const worst = (codes: number[]): number =>
  codes.reduce((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), EXIT.ok);

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  invalid_request: EXIT.invalidRequest,
  budget_exceeded: EXIT.overLimit,
  missing_api_key: EXIT.noKey,
  unauthorized: EXIT.noKey,
  timeout: EXIT.jobContinues,
  job_not_found: EXIT.usage,
  internal_error: EXIT.internal,
};

const BY_CHARGE: Record<Charge, number> = {
  none: EXIT.failedNotBilled,
  charged: EXIT.failedBilled,
  unknown: EXIT.unknown,
};

/** The exit code of a failed call. What may have been billed never counts as a lesser failure. */
export function exitCodeOf({ code, charge }: { code: ErrorCode; charge: Charge }): number {
  const known = BY_CODE[code];
  if (known === EXIT.jobContinues || (known !== undefined && charge === "none")) return known;
  return BY_CHARGE[charge];
}
