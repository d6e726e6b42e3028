// What a job cost.
import type { JobStatus } from "filmgate";
import { parseUsd } from "../money.js";
import type { Billing } from "../types.js";

/** `undefined`: the job has not ended. An unknown cost stays reserved. */
export function billingOf(job: JobStatus, reservedMicroUsd: number | null): Billing | undefined {
  const { status, outcome, error } = job;
  if (status === "submission_unknown") return { kind: "pending", reason: "submission_unknown" };
  const end = outcome ?? error;
  if (!end) return undefined;
  if (end.charge === "none") return { kind: "not_charged" };
  if (end.charge === "unknown") return { kind: "pending", reason: "charge_unknown" };
  // By its digits: a float never becomes money by arithmetic.
  const microUsd = outcome?.costUsd === undefined ? undefined : parseUsd(outcome.costUsd.toFixed(6));
  if (microUsd !== undefined) return { kind: "charged", microUsd, isEstimate: false };
  // Charged, but the amount is unknown: the highest possible cost, if that is known.
  if (reservedMicroUsd === null) return { kind: "pending", reason: "charge_unknown" };
  return { kind: "charged", microUsd: reservedMicroUsd, isEstimate: true };
}

export const microUsdOf = (billing: Billing | undefined): number =>
  billing?.kind === "charged" ? billing.microUsd : 0;
