// What the accounts spend, and which of their jobs need attention.
import type { Env } from "../env.js";
import { toUsd } from "../money.js";
import { askAccounts, lacking } from "../accounts.js";
import { registryOf } from "../stubs.js";
import { type AccountReport, type AccountInfo, videoId } from "../types.js";
import { toPublic } from "./accounts.js";
import { STUCK_AFTER_MS } from "./attention.js";
import { listed } from "./read.js";
import type { ListRequest } from "./read.js";

/** A page of accounts with their spending and their open jobs, newest first. */
export async function usage(env: Env, request: ListRequest) {
  const { data, hasMore } = listed(await registryOf(env).listAccounts(request));
  const { found, unreadable } = await askAccounts(env, "account", "report")(data, () => []);
  const reports = new Map(found.map(({ info, value }) => [info.id, value]));
  const now = Date.now();
  return {
    object: "list",
    data: data.map((info) => ({ ...toPublic(info), ...spending(reports.get(info.id)) })),
    open: found.flatMap(({ info, value }) => (value?.open ?? []).map((job) => openJob(info, job, now))),
    ...lacking(unreadable),
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

function spending(report: AccountReport | undefined) {
  if (!report) return { days: [] };
  const { month, days } = report;
  return {
    month: { month: month.month, ...dollars(month) },
    days: days.map(({ day, jobs, ...sums }) => ({ day, jobs, ...dollars(sums) })),
  };
}

const dollars = (sums: { spentMicroUsd: number; reservedMicroUsd: number }) => ({
  spentUsd: toUsd(sums.spentMicroUsd),
  reservedUsd: toUsd(sums.reservedMicroUsd),
});

function openJob(info: AccountInfo, job: AccountReport["open"][number], now: number) {
  const isStuck = now - job.reservedAt > STUCK_AFTER_MS;
  return {
    id: videoId(job.jobId),
    accountId: info.id,
    accountName: info.name,
    keyId: job.keyId,
    model: job.model,
    reservedUsd: toUsd(job.microUsd),
    reservedAt: job.reservedAt,
    state: job.pendingReason ? "pending" : isStuck ? "stuck" : "running",
    ...(job.pendingReason && { reason: job.pendingReason, code: job.code, provider: job.provider }),
  };
}
