// What the Cron Trigger does: the net for alarms that the engine lost, and for a retention that came after a job's end.
import { accountsOf } from "./accounts.js";
import type { Env } from "./env.js";
import { errorCode } from "./errors.js";
import { DAY_MS, retentionDays } from "./job/retention.js";
import { log } from "./log.js";
import { accountOf, batchOf, jobIndexOf, jobOf } from "./stubs.js";
import type { AccountInfo } from "./types.js";

/** How many jobs of an account one run looks after. */
const JOBS_PER_ACCOUNT = 100;
const BATCHES_PER_ACCOUNT = 20;
/** A batch that was created earlier has ended long enough ago to be gone, or is open. */
const OLD_BATCH_MS = 31 * DAY_MS;
/** A run has a limited number of calls to objects; the next one begins elsewhere. */
const MAX_JOBS = 500;
const MAX_ACCOUNTS = 200;
/** So many accounts a run looks after at least, if each has as many jobs as it looks after. */
const MIN_ACCOUNTS = MAX_JOBS / JOBS_PER_ACCOUNT;
/** A job that was reserved later than this has its first alarm ahead of it. */
const YOUNG_MS = 60_000;

/** Looks after the jobs that are open, and those that are kept too long. One failure stops nothing else. */
export async function tendJobs(env: Env, now: number, turn: number): Promise<void> {
  const accounts = await accountsOf(env);
  let left = MAX_JOBS;
  for (const account of rotated(accounts, startOf(turn, accounts.length)).slice(0, MAX_ACCOUNTS)) {
    if (left <= 0) return;
    const found = await attempt(() => jobsToTend(env, account, now), []);
    const jobs = rotated(found, turn * JOBS_PER_ACCOUNT).slice(0, Math.min(left, JOBS_PER_ACCOUNT));
    await Promise.all(jobs.map((jobId) => attempt(() => jobOf(env, jobId).tend(account.retentionDays), undefined)));
    left -= jobs.length + (await tendBatches(env, account.id, now, turn));
  }
}

/** A batch whose alarm is late reschedules it when it is read. */
async function tendBatches(env: Env, account: string, now: number, turn: number): Promise<number> {
  const toTend = () => jobIndexOf(env, account).batchesToTend(BATCHES_PER_ACCOUNT, turn, now - OLD_BATCH_MS);
  const ids = await attempt(toTend, []);
  await Promise.all(ids.map((id) => attempt(async () => batchOf(env, id)?.read({ account }), undefined)));
  return ids.length;
}

/** Where a run begins: behind the accounts of the run before and, once all had their turn, a little later than the last time. */
function startOf(turn: number, count: number): number {
  const before = turn * Math.min(count, MAX_ACCOUNTS);
  return before + Math.floor(before / count) * MIN_ACCOUNTS;
}

const rotated = <T>(list: T[], by: number): T[] =>
  list.length === 0 ? list : [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** The account knows which jobs are open, whatever their index says; the index knows which are kept. */
async function jobsToTend(env: Env, { id, retentionDays: own }: AccountInfo, now: number): Promise<string[]> {
  const days = [retentionDays(env), own].filter((each) => each !== undefined);
  const [report, kept] = await Promise.all([
    accountOf(env, id).report(),
    days.length === 0 ? [] : jobIndexOf(env, id).storedBefore(now - Math.min(...days) * DAY_MS, JOBS_PER_ACCOUNT),
  ]);
  const open = (report?.open ?? []).filter(({ reservedAt }) => now - reservedAt >= YOUNG_MS);
  return [...open.map(({ jobId }) => jobId), ...kept];
}

async function attempt<T>(work: () => Promise<T>, fallback: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log("error", { step: "cron", code: errorCode(error) });
    return fallback;
  }
}
