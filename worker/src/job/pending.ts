// A job whose charge is unknown: what resolves it beside a webhook.
import type { ChargeDecision, PendingFilter } from "../types.js";
import { estimateOf } from "./billing.js";
import type { JobRunner } from "./runner.js";
import { parsePolicy } from "../unknown-charges.js";

/** The step that applies the policy of UNKNOWN_CHARGES once its time has come. */
export async function estimate(runner: JobRunner): Promise<number | undefined> {
  const { invalid } = parsePolicy(runner.env.UNKNOWN_CHARGES);
  if (invalid.length > 0) runner.log("error", { step: "estimate", code: "invalid_policy" });
  const { decision, at } = assumptionOf(runner) ?? {};
  if (decision === undefined || at === undefined || Date.now() < at) return at;
  assume(runner, decision);
  return undefined;
}

/** Schedules that step if the policy, which may have come later, decides on the charge. */
export function scheduleEstimate(runner: JobRunner): void {
  const { at } = assumptionOf(runner) ?? {};
  if (at !== undefined) runner.schedule("estimate", at);
}

/** What the policy assumes of the job's charge, and when. `undefined`: the charge is known, or stays pending. */
function assumptionOf({ state, spec, env }: JobRunner): { decision: ChargeDecision; at: number } | undefined {
  if (state.billing?.kind !== "pending") return undefined;
  const assumption = parsePolicy(env.UNKNOWN_CHARGES).policy.get(state.billing.code);
  if (!assumption || !estimateOf(assumption.decision, spec.reservedMicroUsd)) return undefined;
  return { decision: assumption.decision, at: state.billing.since + assumption.afterMs };
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
  const { code, reason, provider, before, pendingBefore } = filter;
  return (
    (code === undefined || code === billing.code) &&
    (reason === undefined || reason === billing.reason) &&
    (provider === undefined || provider === billing.provider) &&
    (before === undefined || spec.createdAt < before) &&
    (pendingBefore === undefined || billing.since < pendingBefore)
  );
}
