// What a job cost.
import type { JobStatus } from "filmgate";
import { parseUsd } from "../money.js";
import type { Billing, ChargeDecision, PendingCause, PendingReason } from "../types.js";

/** `undefined`: the job has not ended. An unknown cost stays reserved, since `known` was or since now. */
export function billingOf(
  job: JobStatus,
  reservedMicroUsd: number | null,
  known: Billing | undefined,
): Billing | undefined {
  const pending = (reason: PendingReason): Billing => {
    const since = known?.kind === "pending" && known.reason === reason ? known.since : Date.now();
    return { kind: "pending", since, ...causeOf(job, reason) };
  };
  const { status, outcome, error } = job;
  if (status === "submission_unknown") return pending("submission_unknown");
  const end = outcome ?? error;
  if (!end) return undefined;
  if (end.charge === "none") return { kind: "not_charged" };
  if (end.charge === "unknown") return pending("charge_unknown");
  // By its digits: a float never becomes money by arithmetic.
  const microUsd = outcome?.costUsd === undefined ? undefined : parseUsd(outcome.costUsd.toFixed(6));
  if (microUsd !== undefined) return { kind: "charged", microUsd, isEstimate: false };
  // Charged, but the amount is unknown: the highest possible cost, if that is known.
  return estimateOf("charged", reservedMicroUsd) ?? pending("charge_unknown");
}

const causeOf = ({ handle, status, error }: JobStatus, reason: PendingReason): PendingCause => ({
  reason,
  code: error?.code ?? status,
  provider: handle.provider,
});

/** What is assumed of an unknown charge. `undefined`: the charged amount is unknown. */
export function estimateOf(decision: ChargeDecision, reservedMicroUsd: number | null): Billing | undefined {
  if (decision === "not_charged") return { kind: "not_charged", isEstimate: true };
  return reservedMicroUsd === null ? undefined : { kind: "charged", microUsd: reservedMicroUsd, isEstimate: true };
}

export const microUsdOf = (billing: Billing | undefined): number =>
  billing?.kind === "charged" ? billing.microUsd : 0;
