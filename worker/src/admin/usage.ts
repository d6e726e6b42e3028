// What the tokens spend, and which of their jobs want a look.
import { refused } from "../api/errors.js";
import type { Env } from "../env.js";
import { toUsd } from "../money.js";
import { accountOf, registryOf } from "../stubs.js";
import { type AccountReport, type TokenFacts, videoId } from "../types.js";
import type { Wanted } from "./read.js";
import { shown } from "./keys.js";

/** A job that has not ended after that long is stuck. */
const STUCK_AFTER = 60 * 60_000;

/** A page of tokens with their spending, newest first, and what is open at them. */
export async function report(env: Env, wanted: Wanted) {
  const { page, hasMore } = pageOf(await registryOf(env).list(), wanted);
  const asked = page.map((facts) => accountOf(env, facts.hash).report());
  const reports = await Promise.all(asked);
  const now = Date.now();
  return {
    object: "list",
    data: page.map((facts, at) => ({ ...shown(facts), ...spending(reports[at]) })),
    open: page.flatMap((facts, at) =>
      (reports[at]?.open ?? []).map((job) => openJob(facts, job, now)),
    ),
    last_id: page.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

function pageOf(tokens: TokenFacts[], { after, limit }: Wanted) {
  const last = tokens.findIndex(({ id }) => id === after);
  if (after !== undefined && last < 0) {
    throw refused("invalid_request", "There is no such token to go on after.", { param: "after" });
  }
  const rest = tokens.slice(last + 1);
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

function openJob(facts: TokenFacts, job: AccountReport["open"][number], now: number) {
  const isStuck = now - job.reservedAt > STUCK_AFTER;
  return {
    id: videoId(job.jobId),
    keyId: facts.id,
    keyName: facts.name,
    model: job.model,
    reservedUsd: toUsd(job.microUsd),
    reservedAt: job.reservedAt,
    state: job.pendingReason ? "pending" : isStuck ? "stuck" : "running",
    ...(job.pendingReason && { reason: job.pendingReason }),
  };
}
