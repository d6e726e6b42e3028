import type { Status } from "../types/index.js";

const FINAL: ReadonlySet<Status> = new Set<Status>([
  "completed",
  "failed",
  "cancelled",
  "expired",
  "submission_unknown",
]);

/** Whether a job with this status has ended. `src/outcome.rs` has the same list. */
export const isFinal = (status: Status): boolean => FINAL.has(status);
