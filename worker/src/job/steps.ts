// What there is to do for a job. Each step may be done again after a crash, and answers with when it is next due.
import { accountOf, jobIndexOf } from "../stubs.js";
import type { Billing } from "../types.js";
import type { Desk, Step } from "./runner.js";
import { ask, submit } from "./provider-steps.js";
import { keepVideo, waitAfterTry } from "./archive.js";
import { post, waitAfterPost } from "./outgoing-webhook.js";
import { microUsdOf } from "./billing.js";
import type { Kept, StepName } from "./state.js";
import { codeOf, spread } from "./backoff.js";

/** All but `purge`, which leaves nothing to work on. */
export const steps: Record<Exclude<StepName, "purge">, Step> = {
  enter,
  submit,
  ask,
  settle,
  keep,
  notify,
  drop,
};

/** Its owner's list knows the job before anything is sent for it. */
async function enter(desk: Desk): Promise<undefined> {
  const { env, order, jobId } = desk;
  await jobIndexOf(env, order.owner).add({ jobId, createdAt: order.createdAt });
  desk.plan("submit");
}

/** Tells the account, until it has answered. */
async function settle(desk: Desk): Promise<undefined> {
  const { state } = desk;
  if (!state.billing) return;
  await tellAccount(desk, state.billing);
  desk.say("reconciled", { status: state.billing.kind, microUsd: microUsdOf(state.billing) });
}

/** May be told twice. */
export async function tellAccount(desk: Desk, billing: Billing): Promise<void> {
  const { env, order, jobId } = desk;
  await accountOf(env, order.owner).settle(jobId, billing);
}

/** So often a host has to say that a video is not there: a fresh one may not be everywhere yet. */
const MISSING_TRIES = 5;

/** Brings a video that is not in R2 yet, one at a time: the engine gives a run of the alarm 15 minutes. */
async function keep(desk: Desk, signal: AbortSignal): Promise<number | undefined> {
  const { state } = desk;
  const left = () => state.videos.filter(({ file, isLost }) => !file && !isLost);
  const due = left().find(({ nextAt = 0 }) => nextAt <= Date.now());
  if (due) await keepOne(desk, due, signal);
  // Whoever erases it goes first; where that fails, it is kept.
  const times = left().map(({ nextAt }) => nextAt ?? Date.now());
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A try that fails is counted, and made again until it is too late. */
async function keepOne(desk: Desk, kept: Kept, signal: AbortSignal): Promise<void> {
  const { env, state, jobId } = desk;
  const index = state.videos.indexOf(kept);
  const video = state.told.outcome?.videos[index];
  if (!video) return;
  const since = Date.now();
  try {
    kept.file = await keepVideo(env, video, `videos/${jobId}/${index}`, kept.tries, signal);
    desk.say("archived", { bytes: kept.file.bytes, ms: Date.now() - since });
  } catch (error) {
    if (signal.aborted) return;
    kept.tries += 1;
    kept.nextAt = Date.now() + spread(waitAfterTry(kept.tries));
    kept.isLost =
      (codeOf(error) === "result_expired" && kept.tries >= MISSING_TRIES) ||
      (video.expiresAt ?? Infinity) <= Date.now();
    desk.say("error", { step: "archive", code: codeOf(error), tries: kept.tries });
  }
  desk.settleView();
}

/** Posts the end to the token's own webhook, if it has one now. */
async function notify(desk: Desk): Promise<number | undefined> {
  const { env, order, state, jobId } = desk;
  const { notice } = state;
  if (!notice) return undefined;
  const facts = await accountOf(env, order.owner).facts();
  if (!facts?.webhook || facts.revokedAt !== undefined) return undefined;
  const since = Date.now();
  try {
    await post(env, facts.webhook, jobId, notice);
  } catch (error) {
    notice.tries += 1;
    desk.say("error", { step: "notify", code: codeOf(error), tries: notice.tries });
    const wait = waitAfterPost(notice.tries);
    return wait === undefined ? undefined : Date.now() + wait;
  }
  desk.say("webhook_sent", { status: notice.type, ms: Date.now() - since });
  return undefined;
}

/** Drops the pictures that were sent for this job alone: the provider has no more use for them. */
async function drop({ env, order }: Desk): Promise<undefined> {
  await env.VIDEO_BUCKET.delete(order.uploads);
}
