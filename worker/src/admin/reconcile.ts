// Records what jobs cost, as the admin found it on the provider's bill.
import type * as v from "valibot";
import { ASKED_AT_ONCE, accountsOf, askAccounts, lacking } from "../accounts.js";
import { jobOfVideo } from "../api/context.js";
import type { Env } from "../env.js";
import { apiError, errorCode, videoNotFound } from "../errors.js";
import { log } from "../log.js";
import { toUsd } from "../money.js";
import { accountOf, jobOf } from "../stubs.js";
import { type AccountInfo, type Billing, jobIdOf } from "../types.js";
import { findAccount } from "./accounts.js";
import type { BulkReconciliation, ManualReconciliation } from "./schemas.js";

/** How many pending jobs one call looks at: each is a request of its own, and the engine limits these. */
const MAX_JOBS = 400;
/** Jobs that are asked at once. */
const BATCH = 20;

/** Updates the job, which updates its account; if the job was deleted, updates the account itself. */
export async function reconcileManually(
  env: Env,
  video: string,
  { costUsd, accountId }: v.InferOutput<typeof ManualReconciliation>,
): Promise<void> {
  const billing: Billing =
    costUsd === null
      ? { kind: "not_charged" }
      : { kind: "charged", microUsd: costUsd, isEstimate: false };
  const job = jobOfVideo(env, video);
  const result = await job.reconcileManually(billing);
  if (result === true) return;
  if (result === "too_late") throw apiError("conflict", "An estimate can be corrected for 30 days. It stays in the account's sums.");
  if (accountId === undefined) {
    throw apiError("not_found", "No such video is pending. If it was deleted, send its `accountId`.");
  }
  await findAccount(env, accountId);
  if ((await job.read({ account: accountId })) !== undefined) throw notPending();
  const recorded = await accountOf(env, accountId).recordBilling(jobIdOf(video) ?? "", billing);
  if (recorded === "unknown") throw videoNotFound();
  if (recorded === "already_recorded") throw notPending();
}

const notPending = () =>
  apiError("job_not_finished", "The job is running or already reconciled, so there is nothing to do.");

/**
 * Decides on all pending charges that the filter names, in all accounts or in one. `charged` is the reserved amount, as an
 * estimate. With the `pendingBefore` of its response, another call leaves out what became pending since. `next` is the `after` of the next call, if more jobs are pending than one call looks at.
 */
export async function reconcilePending(
  env: Env,
  { decision, filter, dryRun, after }: v.InferOutput<typeof BulkReconciliation>,
) {
  const { account, pendingBefore = Date.now() + 1, ...others } = filter;
  const jobFilter = { ...others, pendingBefore };
  const { jobIds, next, unreadable } = await pendingJobs(env, await ownersOf(env, account), after);
  const amounts: number[] = [];
  for (let at = 0; at < jobIds.length; at += BATCH) {
    const batch = jobIds.slice(at, at + BATCH);
    const found = await Promise.all(
      batch.map((jobId) => jobOf(env, jobId).reconcilePending(jobFilter, decision, dryRun).catch((error) => skipped(jobId, error))),
    );
    amounts.push(...found.filter((amount) => amount !== undefined));
  }
  return {
    object: "reconciliation",
    matched: amounts.length,
    usd: toUsd(amounts.reduce((sum, amount) => sum + amount, 0)),
    reconciled: dryRun ? 0 : amounts.length,
    pendingBefore,
    next,
    ...lacking(unreadable),
  };
}

/** A job that cannot be read stays pending, and stops no other. */
function skipped(jobId: string, error: unknown): undefined {
  log("error", { step: "reconcile", job: jobId, code: errorCode(error) });
}

/** The owners of jobs: all, or the one of that id. */
async function ownersOf(env: Env, account: string | undefined): Promise<AccountInfo[]> {
  if (account !== undefined) return [await findAccount(env, account)];
  return accountsOf(env);
}

/** A page of the pending jobs of these owners, after the job that `next` of the page before names. */
async function pendingJobs(env: Env, owners: AccountInfo[], after?: string) {
  const [afterOwner, afterJob] = after?.split("/") ?? [];
  const first = after === undefined ? 0 : owners.findIndex(({ id }) => id === afterOwner);
  if (first < 0) throw apiError("invalid_request", "`after` must be `next` of a response.", { param: "after" });
  const jobIds: string[] = [];
  const unreadable: string[] = [];
  for (let at = first; at < owners.length; at += ASKED_AT_ONCE) {
    const limit = MAX_JOBS - jobIds.length + 1;
    const asked = await askAccounts(env, "account", "pending")(owners.slice(at, at + ASKED_AT_ONCE), ({ id }) =>
      id === afterOwner ? [limit, afterJob] : [limit],
    );
    unreadable.push(...asked.unreadable);
    for (const { info, value: page } of asked.found) {
      const room = MAX_JOBS - jobIds.length;
      jobIds.push(...page.slice(0, room));
      if (page.length > room) return { jobIds, next: `${info.id}/${page[room - 1] ?? ""}`, unreadable };
    }
  }
  return { jobIds, next: null, unreadable };
}
