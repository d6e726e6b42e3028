// A job whose charge is unknown: what resolves it beside a webhook.
import type { ChargeDecision, PendingFilter } from "../types.js";
import { estimateOf } from "./billing.js";
import type { JobRunner } from "./runner.js";
import { parsePolicy } from "../unknown-charges.js";

/** The step that applies the policy of UNKNOWN_CHARGES once its time has come. */
export async function estimate(runner: JobRunner): Promise<number | undefined> {
  const { state, env } = runner;
  if (state.billing?.kind !== "pending") return undefined;
  const { policy, invalid } = parsePolicy(env.UNKNOWN_CHARGES);
  if (invalid.length > 0) runner.log("error", { step: "estimate", code: "invalid_policy" });
  const assumption = policy.get(state.billing.code);
  if (!assumption) return undefined;
  const at = state.billing.since + assumption.afterMs;
  if (Date.now() < at) return at;
  assume(runner, assumption.decision);
  return undefined;
}

/** Records an assumption as the billing, until the provider says otherwise. */
export function assume(runner: JobRunner, decision: ChargeDecision): boolean {
  const { state, spec } = runner;
  const billing = estimateOf(decision, spec.reservedMicroUsd);
  if (!billing) return false;
  state.billing = billing;
  state.isAssumed = true;
  runner.schedule("reconcile");
  return true;
}

/** Whether an admin's filter names the job. */
export function matches({ spec, state }: JobRunner, filter: PendingFilter): boolean {
  const { billing } = state;
  if (billing?.kind !== "pending") return false;
  const { code, reason, provider, before } = filter;
  return (
    (code === undefined || code === billing.code) &&
    (reason === undefined || reason === billing.reason) &&
    (provider === undefined || provider === billing.provider) &&
    (before === undefined || spec.createdAt < before)
  );
}
