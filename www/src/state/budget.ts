// A budget for the month: a press that would go beyond it says so first.

import { computed, effect, signal } from "@preact/signals";
import { libraryModule, spending } from "./library.js";
import { comparedUsd, isComparing } from "./compare.js";
import { highestUsd } from "./quotes.js";
import { localStore } from "./storage.js";
import { usdOf } from "../text/format.js";
import type { Budget } from "../library/index.js";

type BudgetOf = (typeof import("../library/index.js"))["budgetOf"];

export const MICRO_USD = 1_000_000;

export const budgetText = signal(localStore.read<string>("budget") ?? "");
effect(() => void localStore.write("budget", budgetText.value || undefined));

/** The budget in US dollars: `undefined` if there is none, NaN if it is not an amount. */
export const budgetUsd = computed(() => usdOf(budgetText.value));
export const isBudgetInvalid = computed(() => Number.isNaN(budgetUsd.value));

const budgetOf = signal<BudgetOf | undefined>(undefined);
effect(() => {
  if (spending.value && !budgetOf.peek()) void libraryModule().then((module) => (budgetOf.value = module.budgetOf));
});

/** What the next press may cost at most, in micro-dollars. */
const next = computed<number | "unknown">(() => {
  const usd = isComparing.value ? comparedUsd.value : highestUsd.value;
  return Number.isNaN(usd) ? "unknown" : Math.round(usd * MICRO_USD);
});

export const budget = computed<Budget | undefined>(() => {
  const limit = budgetUsd.value;
  if (limit === undefined || isBudgetInvalid.value || !spending.value || !budgetOf.value) return undefined;
  return budgetOf.value(Math.round(limit * MICRO_USD), spending.value.month, next.value);
});
