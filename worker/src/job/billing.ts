// What a job came to, for its account.
import type { JobStatus } from "filmgate";
import { parseUsd } from "../money.js";
import type { Settlement } from "../types.js";

/** `undefined`: the job has not ended. What is not known stays reserved. */
export function settlementOf(told: JobStatus, reserved: number | null): Settlement | undefined {
  const { status, outcome, error } = told;
  if (status === "submission_unknown") return { kind: "held", why: "submission_unknown" };
  const end = outcome ?? error;
  if (!end) return undefined;
  if (end.charge === "none") return { kind: "free" };
  if (end.charge === "unknown") return { kind: "held", why: "charge_unknown" };
  // By its digits: a float never becomes money by arithmetic.
  const microUsd = outcome?.costUsd === undefined ? undefined : parseUsd(outcome.costUsd.toFixed(6));
  if (microUsd !== undefined) return { kind: "spent", microUsd, isEstimate: false };
  // Billed, and nobody says how much: what may at most have been, where that is known.
  if (reserved === null) return { kind: "held", why: "charge_unknown" };
  return { kind: "spent", microUsd: reserved, isEstimate: true };
}

export const microUsdOf = (settlement: Settlement | undefined): number =>
  settlement?.kind === "spent" ? settlement.microUsd : 0;
