// What a job came to, for its account.
import type { JobStatus } from "filmgate";
import { parseUsd } from "../money.js";
import type { Billing } from "../types.js";

/** `undefined`: the job has not ended. What is not known stays reserved. */
export function billingOf(told: JobStatus, reserved: number | null): Billing | undefined {
  const { status, outcome, error } = told;
  if (status === "submission_unknown") return { kind: "pending", reason: "submission_unknown" };
  const end = outcome ?? error;
  if (!end) return undefined;
  if (end.charge === "none") return { kind: "not_charged" };
  if (end.charge === "unknown") return { kind: "pending", reason: "charge_unknown" };
  // By its digits: a float never becomes money by arithmetic.
  const microUsd = outcome?.costUsd === undefined ? undefined : parseUsd(outcome.costUsd.toFixed(6));
  if (microUsd !== undefined) return { kind: "charged", microUsd, isEstimate: false };
  // Billed, and nobody says how much: what may at most have been, where that is known.
  if (reserved === null) return { kind: "pending", reason: "charge_unknown" };
  return { kind: "charged", microUsd: reserved, isEstimate: true };
}

export const microUsdOf = (billing: Billing | undefined): number =>
  billing?.kind === "charged" ? billing.microUsd : 0;
