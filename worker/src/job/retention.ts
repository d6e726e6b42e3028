// How long a job's files, prompt and result are kept after its end.
import { type Env, positive } from "../env.js";
import type { JobData, State } from "./state.js";

export const DAY_MS = 24 * 60 * 60_000;

/** The gateway's retention in days; `undefined`: none. What is not a positive number deletes nothing. */
export function retentionDays({ RETENTION_DAYS }: Pick<Env, "RETENTION_DAYS">): number | undefined {
  return positive(RETENTION_DAYS);
}

/** Whether there is something to delete. What may have been paid for is kept until its cost is known. */
export const mayExpire = ({ billing, isDeleted, expiredAt }: State): boolean =>
  !isDeleted && expiredAt === undefined && billing?.kind !== "pending";

/** When the job's files are deleted: of the gateway's retention, its account's and its key's the shortest decides. */
export function retentionEnd(env: Env, { spec, state }: JobData): number | undefined {
  const days = [retentionDays(env), spec.retentionDays, spec.keyRetentionDays].filter((each) => each !== undefined);
  if (state.endedAt === undefined || days.length === 0) return undefined;
  return state.endedAt + Math.min(...days) * DAY_MS;
}
