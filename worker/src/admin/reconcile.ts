// Records what a job cost, as the admin found it on the provider's bill.
import type * as v from "valibot";
import { jobOfVideo } from "../api/context.js";
import type { Env } from "../env.js";
import { apiError, videoNotFound } from "../errors.js";
import { accountOf } from "../stubs.js";
import { type Billing, jobIdOf } from "../types.js";
import { findKey } from "./keys.js";
import type { ManualReconciliation } from "./schemas.js";

/** Updates the job, which updates its account; if the job was deleted, updates the account itself. */
export async function reconcileManually(
  env: Env,
  video: string,
  { costUsd, keyId }: v.InferOutput<typeof ManualReconciliation>,
): Promise<void> {
  const billing: Billing =
    costUsd === null
      ? { kind: "not_charged" }
      : { kind: "charged", microUsd: costUsd, isEstimate: false };
  const job = jobOfVideo(env, video);
  if (await job.reconcileManually(billing)) return;
  if (keyId === undefined) {
    throw apiError("not_found", "No such video is pending. If it was deleted, send its `keyId`.");
  }
  const { hash } = await findKey(env, keyId);
  if ((await job.read(hash)) !== undefined) throw notPending();
  const result = await accountOf(env, hash).recordBilling(jobIdOf(video) ?? "", billing);
  if (result === "unknown") throw videoNotFound();
  if (result === "already_recorded") throw notPending();
}

const notPending = () =>
  apiError("job_not_finished", "The job is running or already reconciled, so there is nothing to do.");
