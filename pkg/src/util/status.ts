import type { Status } from "../types/index.js";

const END_STATUSES: ReadonlySet<Status> = new Set<Status>([
  "completed",
  "failed",
  "cancelled",
  "expired",
  "submission_unknown",
]);

/** Whether a job of this status has ended. `src/outcome.rs` has the same list. */
export const isEnd = (status: Status): boolean => END_STATUSES.has(status);
