// What the API keys spend, and which of their jobs need attention.
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { toUsd } from "../money.js";
import { accountOf, registryOf } from "../stubs.js";
import { type AccountReport, type ApiKeyInfo, videoId } from "../types.js";
import { toPublic } from "./keys.js";
import type { PageRequest } from "./read.js";

/** A job that has not ended after this is stuck. */
const STUCK_AFTER_MS = 60 * 60_000;

/** A page of API keys with their spending and their open jobs, newest first. */
export async function usage(env: Env, request: PageRequest) {
  const { page, hasMore } = pageOf(await registryOf(env).list(), request);
  const reports = await Promise.all(page.map((info) => accountOf(env, info.hash).report()));
  const now = Date.now();
  return {
    object: "list",
    data: page.map((info, at) => ({ ...toPublic(info), ...spending(reports[at]) })),
    open: page.flatMap((info, at) =>
      (reports[at]?.open ?? []).map((job) => openJob(info, job, now)),
    ),
    last_id: page.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

function pageOf(keys: ApiKeyInfo[], { after, limit }: PageRequest) {
  const last = keys.findIndex(({ id }) => id === after);
  if (after !== undefined && last < 0) {
    throw apiError("invalid_request", "`after` must be the id of an API key.", { param: "after" });
  }
  const rest = keys.slice(last + 1);
  return { page: rest.slice(0, limit), hasMore: rest.length > limit };
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

function openJob(info: ApiKeyInfo, job: AccountReport["open"][number], now: number) {
  const isStuck = now - job.reservedAt > STUCK_AFTER_MS;
  return {
    id: videoId(job.jobId),
    keyId: info.id,
    keyName: info.name,
    model: job.model,
    reservedUsd: toUsd(job.microUsd),
    reservedAt: job.reservedAt,
    state: job.pendingReason ? "pending" : isStuck ? "stuck" : "running",
    ...(job.pendingReason && { reason: job.pendingReason }),
  };
}
