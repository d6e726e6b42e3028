// Settles by hand what nobody else can.
import type * as v from "valibot";
import { jobNamed } from "../api/context.js";
import { noSuchVideo, refused } from "../api/errors.js";
import type { Env } from "../env.js";
import { accountOf } from "../stubs.js";
import { type Billing, jobIdOf } from "../types.js";
import type { SettleByHand } from "./schemas.js";
import { findToken } from "./keys.js";

/** Tells the job, which tells its account; where the job was erased, the account itself. */
export async function settleByHand(
  env: Env,
  video: string,
  { costUsd, token }: v.InferOutput<typeof SettleByHand>,
): Promise<void> {
  const billing: Billing =
    costUsd === null
      ? { kind: "not_charged" }
      : { kind: "charged", microUsd: costUsd, isEstimate: false };
  const job = jobNamed(env, video);
  if (await job.settleByHand(billing)) return;
  if (token === undefined) {
    throw refused("not_found", "No such video is to be settled. If it was erased, name its `token`.");
  }
  const { hash } = await findToken(env, token);
  if ((await job.read(hash)) !== undefined) throw notHeld();
  const booked = await accountOf(env, hash).settle(jobIdOf(video) ?? "", billing);
  if (booked === "unknown") throw noSuchVideo();
  if (booked === "already_recorded") throw notHeld();
}

const notHeld = () =>
  refused("job_not_finished", "The job is running, or settled already: there is nothing to be done.");
