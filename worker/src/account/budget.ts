// What a token may spend: rules without storage or clock.
import type { Refusal, TokenLimits } from "../types.js";
import { usdText } from "../money.js";

/** What is spent or reserved already. */
export interface Taken {
  day: number;
  month: number;
}

/** The UTC day of a moment, such as `2026-11-22`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The UTC month of a moment, such as `2026-11`. */
export const monthOf = (at: number): string => dayOf(at).slice(0, 7);

/** Why an amount is not within the limits; `undefined` where it is. */
export function overBudget(
  limits: Pick<TokenLimits, "dailyBudgetMicroUsd" | "monthlyBudgetMicroUsd">,
  taken: Taken,
  microUsd: number | null,
): Refusal | undefined {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd } = limits;
  if (microUsd === null) {
    if (dailyBudgetMicroUsd === undefined && monthlyBudgetMicroUsd === undefined) return undefined;
    return refusal(
      "Nobody knows what this may cost, and the token has a budget: order a model that has a price.",
    );
  }
  return (
    beyond("day", dailyBudgetMicroUsd, taken.day, microUsd) ??
    beyond("month", monthlyBudgetMicroUsd, taken.month, microUsd)
  );
}

function beyond(span: "day" | "month", limit: number | undefined, taken: number, microUsd: number) {
  if (limit === undefined || taken + microUsd <= limit) return undefined;
  const left = Math.max(0, limit - taken);
  return refusal(
    `This may cost ${usdText(microUsd)} USD, and ${usdText(left)} USD of the token's budget for this ` +
      `UTC ${span} are left. Order something cheaper, wait for the next ${span}, or ask the admin for more.`,
  );
}

const refusal = (message: string): Refusal => ({ status: 402, code: "budget_exceeded", message });
