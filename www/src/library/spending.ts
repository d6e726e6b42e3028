// What the stored jobs cost. What is not known is taken at its worst. All amounts are integers, in micro-dollars.
import type { Handle, Status, StoredJob } from "filmgate";
import type { ChargeEntry } from "./types.js";

const MICRO_USD = 1_000_000;

const FINAL: readonly Status[] = ["completed", "failed", "cancelled", "expired", "submission_unknown"];

/** What a number of jobs cost, in micro-dollars. */
export interface Amount {
  /** What the providers have billed. */
  microUsd: number;
  /** What they may bill in addition, at worst: jobs that run, and charges that are not known. */
  uncertainMicroUsd: number;
  /** Number of jobs that have neither a known charge nor a quote. */
  unknownCount: number;
}

/** What the jobs of a model cost. */
export interface ModelAmount extends Amount {
  model: string;
  /** Number of jobs that cost something, or may. */
  count: number;
}

/** What was spent. Days and months are those of the device. */
export interface Spending {
  today: Amount;
  month: Amount;
  /** The models of this month, the most expensive first. */
  models: ModelAmount[];
}

/** A limit, and what is left of it, in micro-dollars. */
export interface Budget {
  limitMicroUsd: number;
  /** What was spent, and what may have been. */
  usedMicroUsd: number;
  /** At least 0. */
  leftMicroUsd: number;
  isOver: boolean;
  /** Part of the used amount is not certain. */
  isUncertain: boolean;
  /** Whether the next job may go beyond the limit. True if its price is not known. */
  wouldExceed: boolean;
}

/** The charge of a job; undefined if nothing was sent, or nothing billed. */
export function chargeOf(
  job: Pick<StoredJob, "handle" | "status" | "outcome" | "error">,
  environment: string,
): ChargeEntry | undefined {
  const { handle, status, outcome, error } = job;
  const { charge } = outcome ?? error ?? {};
  const isFinal = FINAL.includes(status);
  if (charge === "none" || (isFinal && charge === undefined && handle.submittedAt === undefined)) return undefined;
  const { id, model, provider, submittedAt, createdAt } = handle;
  return { id, environment, model, provider, at: submittedAt ?? createdAt, ...amountOf(handle, outcome?.costUsd) };
}

function amountOf({ quote }: Handle, costUsd: number | undefined) {
  if (costUsd !== undefined) return { microUsd: Math.round(costUsd * MICRO_USD), uncertainMicroUsd: 0, isUnknown: false };
  return { microUsd: 0, uncertainMicroUsd: quote?.max ?? 0, isUnknown: quote === undefined };
}

/** The spending of an environment's charges at a time. */
export function spendingOf(charges: readonly ChargeEntry[], now: number = Date.now()): Spending {
  const month = charges.filter(({ at }) => monthOf(at) === monthOf(now));
  const models = [...new Set(month.map(({ model }) => model))];
  return {
    today: sum(month.filter(({ at }) => dayOf(at) === dayOf(now))),
    month: sum(month),
    models: models
      .map((model) => amountOfModel(model, month.filter((entry) => entry.model === model)))
      .sort((a, b) => worst(b) - worst(a) || (a.model < b.model ? -1 : 1)),
  };
}

/**
 * The state of a limit. `next`: what the next job costs at most, in micro-dollars; `"unknown"` if its price is not known;
 * without it, none is planned.
 */
export function budgetOf(limitMicroUsd: number, amount: Amount, next: number | "unknown" = 0): Budget {
  const usedMicroUsd = worst(amount);
  const leftMicroUsd = Math.max(0, limitMicroUsd - usedMicroUsd);
  return {
    limitMicroUsd,
    usedMicroUsd,
    leftMicroUsd,
    isOver: usedMicroUsd > limitMicroUsd,
    isUncertain: amount.uncertainMicroUsd > 0 || amount.unknownCount > 0,
    wouldExceed: next === "unknown" || next > leftMicroUsd || usedMicroUsd > limitMicroUsd,
  };
}

const amountOfModel = (model: string, entries: readonly ChargeEntry[]): ModelAmount => ({
  model,
  count: entries.length,
  ...sum(entries),
});

const worst = ({ microUsd, uncertainMicroUsd }: Amount): number => microUsd + uncertainMicroUsd;

function sum(entries: readonly ChargeEntry[]): Amount {
  const total = { microUsd: 0, uncertainMicroUsd: 0, unknownCount: 0 };
  for (const { microUsd, uncertainMicroUsd, isUnknown } of entries) {
    total.microUsd += microUsd;
    total.uncertainMicroUsd += uncertainMicroUsd;
    total.unknownCount += isUnknown ? 1 : 0;
  }
  return total;
}

function dayOf(time: number): string {
  return `${monthOf(time)}-${new Date(time).getDate()}`;
}

function monthOf(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}`;
}
