// What the Cron Trigger does: the net for alarms that the engine lost, and for a retention or a policy that came after a job's
// end.
import type { Env } from "./env.js";
import { errorCode } from "./errors.js";
import { DAY_MS, retentionDays } from "./job/retention.js";
import { log } from "./log.js";
import { accountOf, batchOf, jobIndexOf, jobOf, registryOf } from "./stubs.js";

/** How many jobs of an account with something left to do one run looks after, how many that may be kept too long, and how many batches. */
const JOBS_PER_ACCOUNT = 100;
const KEPT_JOBS_PER_ACCOUNT = 50;
const BATCHES_PER_ACCOUNT = 20;
/** A batch that was created earlier has ended long enough ago to be gone, or is open. */
const OLD_BATCH_MS = 31 * DAY_MS;
/** The platform allows a run 1,000 calls of objects, some of which are the catalog's. The next one continues behind it. */
const MAX_CALLS = 900;
/** An account is asked for its jobs, and its list for those and for its batches. */
const MAX_CALLS_PER_ACCOUNT = 3 + JOBS_PER_ACCOUNT + KEPT_JOBS_PER_ACCOUNT + BATCHES_PER_ACCOUNT;
const MAX_ACCOUNTS = 200;
/** A job that was reserved later than this has its first alarm ahead of it. */
const YOUNG_MS = 60_000;

/** Looks after the jobs that have something left to do, and those that are kept too long. One failure stops nothing else. */
export async function tendJobs(env: Env, now: number): Promise<void> {
  const turns = await registryOf(env).accountsToTend(MAX_ACCOUNTS);
  let left = MAX_CALLS - 2;
  for (const turn of turns) {
    if (left < MAX_CALLS_PER_ACCOUNT) return registryOf(env).continueAt(turn);
    const { id, round } = turn;
    left -= (await tendAccount(env, id, now, round)) + (await tendBatches(env, id, now, round));
  }
}

/** Returns how many calls it took. */
async function tendAccount(env: Env, account: string, now: number, round: number): Promise<number> {
  const toTend = () => accountOf(env, account).toTend(JOBS_PER_ACCOUNT, round, now - YOUNG_MS);
  const found = await attempt(toTend, undefined);
  if (!found) return 1;
  // The account knows which have something left to do, also those that their index lacks; the index knows which are kept.
  const { jobIds, keyRetentionDays } = found;
  const own = Math.min(...[retentionDays(env), found.retentionDays].filter((days) => days !== undefined));
  const byKey = Object.fromEntries(Object.entries(keyRetentionDays).map(([key, days]) => [key, now - days * DAY_MS]));
  const isUnlimited = own === Infinity && Object.keys(byKey).length === 0;
  const storedBefore = () =>
    jobIndexOf(env, account).storedBefore(Math.max(0, now - own * DAY_MS), KEPT_JOBS_PER_ACCOUNT, byKey);
  const kept = isUnlimited ? [] : await attempt(storedBefore, []);
  const tend = (isKeptTooLong: boolean) => (jobId: string) =>
    attempt(() => jobOf(env, jobId).tend(isKeptTooLong), undefined);
  await Promise.all([...jobIds.map(tend(false)), ...kept.map(tend(true))]);
  return 2 + jobIds.length + kept.length;
}

/** A batch whose alarm is late reschedules it when it is read. Returns how many calls it took. */
async function tendBatches(env: Env, account: string, now: number, round: number): Promise<number> {
  const toTend = () => jobIndexOf(env, account).batchesToTend(BATCHES_PER_ACCOUNT, round, now - OLD_BATCH_MS);
  const ids = await attempt(toTend, []);
  await Promise.all(ids.map((id) => attempt(async () => batchOf(env, id)?.read({ account }), undefined)));
  return 1 + ids.length;
}

async function attempt<T>(work: () => Promise<T>, fallback: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log("error", { step: "cron", code: errorCode(error) });
    return fallback;
  }
}
