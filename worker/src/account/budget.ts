// The budgets of an account and of an API key: rules without storage or clock.
import { usdText } from "../money.js";
import type { AccountLimits, ApiErrorDetails } from "../types.js";

/** What is spent or reserved already, in micro-dollars. */
export interface Committed {
  day: number;
  month: number;
}

/** The UTC day of a time, such as `2026-11-22`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The UTC month of a time, such as `2026-11`. */
export const monthOf = (at: number): string => dayOf(at).slice(0, 7);

/** Why an amount exceeds a budget; `undefined` if it does not. */
export function budgetError(
  limits: Pick<AccountLimits, "dailyBudgetMicroUsd" | "monthlyBudgetMicroUsd">,
  committed: Committed,
  microUsd: number | null,
): ApiErrorDetails | undefined {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd } = limits;
  if (microUsd === null) {
    if (dailyBudgetMicroUsd === undefined && monthlyBudgetMicroUsd === undefined) return undefined;
    return exceeded(UNKNOWN_PRICE);
  }
  return (
    exceeds("day", dailyBudgetMicroUsd, committed.day, microUsd) ??
    exceeds("month", monthlyBudgetMicroUsd, committed.month, microUsd)
  );
}

function exceeds(
  period: "day" | "month",
  limit: number | undefined,
  committed: number,
  microUsd: number,
) {
  if (limit === undefined || committed + microUsd <= limit) return undefined;
  const left = Math.max(0, limit - committed);
  return exceeded(
    `This may cost ${usdText(microUsd)} USD, and ${usdText(left)} USD of this account's budget for this ` +
      `UTC ${period} are left. Use a cheaper request, wait for the next ${period}, or ask your admin for more.`,
  );
}

/** Why an amount exceeds what an API key may cost in its life; `undefined` if it does not. */
export function spendError(
  max: number | undefined,
  committed: number,
  microUsd: number | null,
): ApiErrorDetails | undefined {
  if (max === undefined) return undefined;
  if (microUsd === null) return exceeded(UNKNOWN_PRICE);
  if (committed + microUsd <= max) return undefined;
  return exceeded(
    `This may cost ${usdText(microUsd)} USD, and this API key may spend ${usdText(Math.max(0, max - committed))} USD ` +
      "more. Use a cheaper request, or ask your admin for another key.",
  );
}

const UNKNOWN_PRICE = "The price is unknown, and this API key has a budget. Use a model that has a price.";

const exceeded = (message: string): ApiErrorDetails => ({
  status: 402,
  code: "budget_exceeded",
  message,
});
