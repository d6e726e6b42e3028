// What an operator has to look at, in the order in which it matters.
import { dayOf } from "../account/budget.js";
import { keyPages } from "../accounts.js";
import type { Env } from "../env.js";
import { toUsd } from "../money.js";
import { registryOf } from "../stubs.js";
import type { ProviderState } from "../types.js";
import { newestDate } from "./catalog.js";
import type { Reported } from "./reports.js";

/** A job that has not ended after this is stuck. */
export const STUCK_AFTER_MS = 60 * 60_000;
/** The share of a budget, in percent, from which it is nearly used up. */
const NEARLY_USED_PERCENT = 80;
const EXPIRES_SOON_MS = 7 * 24 * 60 * 60_000;

const PROVIDER_NAMES: Record<string, string> = { runpod: "RunPod", runware: "Runware" };

/** `link` is a place on the admin page. */
export interface Attention {
  kind: "provider_down" | "unreadable" | "pending_charges" | "stuck_jobs" | "webhooks" | "catalog" | "budget" | "key_expires";
  count: number;
  usd?: number;
  message: string;
  link: string;
}

export async function attentionOf(
  env: Env,
  accounts: Reported[],
  providers: ProviderState[],
  unreadable: string[],
  now: number,
): Promise<Attention[]> {
  const found = [
    ...providers.map(outage),
    incomplete(unreadable),
    pendingCharges(accounts),
    stuckJobs(accounts, now),
    ...accounts.map(lostWebhooks),
    await oldCatalog(env),
    ...accounts.map((account) => usedBudget(account, now)),
    await expiringKeys(env, now),
  ];
  return found.filter((attention) => attention !== undefined);
}

function outage({ provider, state, waitingJobs }: ProviderState): Attention | undefined {
  if (state === "up") return undefined;
  const waiting = waitingJobs > 0 ? ` ${counted(waitingJobs, "job waits", "jobs wait")}.` : "";
  return {
    kind: "provider_down",
    count: waitingJobs,
    message: `${PROVIDER_NAMES[provider] ?? provider} does not answer.${waiting}`,
    link: "#/jobs?status=queued",
  };
}

/** The ids of accounts, and providers. */
function incomplete(unreadable: string[]): Attention | undefined {
  const count = unreadable.length;
  if (count === 0) return undefined;
  const message = `What is shown may be incomplete, because this cannot be read: ${unreadable.join(", ")}. The log says why.`;
  return { kind: "unreadable", count, message, link: "#/keys" };
}

function pendingCharges(accounts: Reported[]): Attention | undefined {
  const pending = accounts.flatMap(({ report }) => report.open.filter((job) => job.pendingReason));
  if (pending.length === 0) return undefined;
  const microUsd = pending.reduce((sum, job) => sum + job.microUsd, 0);
  return {
    kind: "pending_charges",
    count: pending.length,
    usd: toUsd(microUsd),
    message: `${counted(pending.length, "charge is unknown and stays", "charges are unknown and stay")} reserved. Compare the provider's bill.`,
    link: "#/charges",
  };
}

function stuckJobs(accounts: Reported[], now: number): Attention | undefined {
  const isStuck = ({ pendingReason, reservedAt }: Reported["report"]["open"][number]) =>
    !pendingReason && now - reservedAt > STUCK_AFTER_MS;
  const { length } = accounts.flatMap(({ report }) => report.open.filter(isStuck));
  if (length === 0) return undefined;
  const message = `${counted(length, "job runs", "jobs run")} for more than an hour.`;
  return { kind: "stuck_jobs", count: length, message, link: "#/jobs?status=in_progress" };
}

function lostWebhooks({ info, report: { lostWebhooks: count } }: Reported): Attention | undefined {
  if (count === 0) return undefined;
  const given = counted(count, "webhook was", "webhooks were");
  const message = `${info.name}: ${given} given up in the last week. Its receiver has refused it for a day.`;
  return { kind: "webhooks", count, message, link: `#/keys?account=${info.id}` };
}

/** What is at CATALOG_URL is not used, or only a part of it. An admin who uploads a catalog sees that at once. */
async function oldCatalog(env: Env): Promise<Attention | undefined> {
  const { info, fetch } = await registryOf(env).catalogInfo();
  const attention = { kind: "catalog", link: "#/catalog" } as const;
  if (fetch?.failure) return { ...attention, count: 1, message: `${fetch.failure.message} The last catalog stays in use.` };
  if (info?.date !== undefined && info.date < (newestDate() ?? "")) {
    const message = `The catalog in use is of ${info.date}, older than the built-in one: its prices replace newer ones.`;
    return { ...attention, count: 1, message };
  }
  const count = info?.source === "url" ? info.leftOut.length : 0;
  if (count === 0) return undefined;
  return { ...attention, count, message: `${counted(count, "model", "models")} of the catalog at CATALOG_URL cannot be used.` };
}

function usedBudget({ info, report }: Reported, now: number): Attention | undefined {
  if (info.closedAt !== undefined) return undefined;
  const today = report.days.find(({ day }) => day === dayOf(now));
  const shares: [string, number][] = [
    ["today", percentOf(today, info.dailyBudgetMicroUsd)],
    ["this month", percentOf(report.month, info.monthlyBudgetMicroUsd)],
  ];
  const [period, percent] = shares.reduce((most, share) => (share[1] > most[1] ? share : most));
  if (percent < NEARLY_USED_PERCENT) return undefined;
  return {
    kind: "budget",
    count: 1,
    message: `${info.name} has used ${percent} % of its budget for ${period}.`,
    link: `#/keys?account=${info.id}`,
  };
}

/** What is spent or reserved of a budget. */
function percentOf(
  sums: { spentMicroUsd: number; reservedMicroUsd: number } | undefined,
  budgetMicroUsd: number | undefined,
): number {
  if (!budgetMicroUsd || !sums) return 0;
  return Math.floor((100 * (sums.spentMicroUsd + sums.reservedMicroUsd)) / budgetMicroUsd);
}

async function expiringKeys(env: Env, now: number): Promise<Attention | undefined> {
  let count = 0;
  for await (const keys of keyPages(env)) {
    count += keys.filter(
      ({ expiresAt, revokedAt }) =>
        revokedAt === undefined && expiresAt !== undefined && expiresAt > now && expiresAt - now < EXPIRES_SOON_MS,
    ).length;
  }
  if (count === 0) return undefined;
  const message = `${counted(count, "API key expires", "API keys expire")} within a week.`;
  return { kind: "key_expires", count, message, link: "#/keys" };
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
