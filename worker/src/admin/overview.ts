// What the operator looks at first: spending by day, budgets, what needs attention, and the providers' states.
import { dayOf, monthOf } from "../account/budget.js";
import { providersOf } from "../client.js";
import { lacking } from "../accounts.js";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { toUsd } from "../money.js";
import { providerHealthOf } from "../stubs.js";
import type { ProviderState } from "../types.js";
import { attentionOf } from "./attention.js";
import { allReports } from "./reports.js";
import type { Reported } from "./reports.js";

const DAY_MS = 24 * 60 * 60_000;

/** The sums of so many UTC days up to today, oldest first. */
export async function overview(env: Env, dayCount: number) {
  const now = Date.now();
  const [{ accounts, unreadable }, providers] = await Promise.all([allReports(env), providerStates(env)]);
  const unknown = providersOf(env).filter((one) => !providers.some(({ provider }) => provider === one));
  const lacked = [...unreadable, ...unknown];
  return {
    object: "overview",
    days: daysOf(accounts, now, dayCount),
    budgets: accounts.filter(isShown).map((account) => budgetOf(account, now)),
    attention: await attentionOf(env, accounts, providers, lacked, now),
    providers,
    ...lacking(lacked),
  };
}

/** Of those that can be read. */
async function providerStates(env: Env): Promise<ProviderState[]> {
  const ask = async (provider: ProviderState["provider"]) => {
    try {
      return [{ provider, ...(await providerHealthOf(env, provider).state()) }];
    } catch (error) {
      log("error", { step: "provider_health", provider, code: errorCode(error) });
      return [];
    }
  };
  return (await Promise.all(providersOf(env).map(ask))).flat();
}

function daysOf(accounts: Reported[], now: number, count: number) {
  const days = new Map<string, DaySums>();
  for (let ago = count - 1; ago >= 0; ago--) days.set(dayOf(now - ago * DAY_MS), new DaySums());
  for (const { report } of accounts) {
    for (const day of report.days) days.get(day.day)?.add(day);
    for (const { day, keyId, model, spentMicroUsd } of report.usage) {
      const sums = days.get(day);
      addTo(sums?.byKey, keyId, spentMicroUsd);
      addTo(sums?.byModel, model, spentMicroUsd);
    }
  }
  return [...days].map(([day, sums]) => ({ day, ...sums.inDollars() }));
}

/** One day of all accounts, in micro-dollars. */
class DaySums {
  readonly byKey = new Map<string, number>();
  readonly byModel = new Map<string, number>();
  #spent = 0;
  #reserved = 0;
  #jobs = 0;

  add({ spentMicroUsd, reservedMicroUsd, jobs }: Reported["report"]["days"][number]): void {
    this.#spent += spentMicroUsd;
    this.#reserved += reservedMicroUsd;
    this.#jobs += jobs;
  }

  inDollars() {
    return {
      spentUsd: toUsd(this.#spent),
      reservedUsd: toUsd(this.#reserved),
      jobs: this.#jobs,
      byKey: dollarsBy(this.byKey),
      byModel: dollarsBy(this.byModel),
    };
  }
}

function addTo(sums: Map<string, number> | undefined, id: string, microUsd: number): void {
  if (microUsd > 0) sums?.set(id, (sums.get(id) ?? 0) + microUsd);
}

const dollarsBy = (sums: Map<string, number>): Record<string, number> =>
  Object.fromEntries([...sums].map(([id, microUsd]) => [id, toUsd(microUsd)]));

/** A closed account is shown while it has jobs, or has spent something this month. */
const isShown = ({ info, report }: Reported): boolean =>
  info.closedAt === undefined || report.open.length > 0 || report.month.spentMicroUsd > 0;

/** What counts against the budgets: what was spent, and what is reserved. */
function budgetOf({ info, report }: Reported, now: number) {
  const today = report.days.find(({ day }) => day === dayOf(now));
  const month = report.month.month === monthOf(now) ? report.month : undefined;
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd } = info;
  return {
    accountId: info.id,
    name: info.name,
    spentTodayUsd: toUsd(today?.spentMicroUsd ?? 0),
    reservedTodayUsd: toUsd(today?.reservedMicroUsd ?? 0),
    spentMonthUsd: toUsd(month?.spentMicroUsd ?? 0),
    reservedMonthUsd: toUsd(month?.reservedMicroUsd ?? 0),
    ...(dailyBudgetMicroUsd !== undefined && { dailyBudgetUsd: toUsd(dailyBudgetMicroUsd) }),
    ...(monthlyBudgetMicroUsd !== undefined && { monthlyBudgetUsd: toUsd(monthlyBudgetMicroUsd) }),
  };
}
