// The steps of a job. Each may run again after a crash, and returns when it is next due.
import { errorCode } from "../errors.js";
import { accountOf } from "../stubs.js";
import type { Billing, BillingResult } from "../types.js";
import { archiveRetryMs, archiveVideo } from "./archive.js";
import { withJitter } from "filmgate/gateway-server";
import { microUsdOf } from "./billing.js";
import { publicOrigin } from "../public-fetch.js";
import { openRouterVideo } from "../openrouter-video.js";
import { deliver, deliverCallback, deliveryRetryMs } from "./outgoing-webhook.js";
import { estimate } from "./pending.js";
import { MAX_POSTER_TRIES, POSTER_RETRY_MS, storePoster } from "./poster.js";
import { poll, submit } from "./provider-steps.js";
import type { JobRunner, Step } from "./runner.js";
import { STEPS } from "./state.js";
import type { StepName, VideoArchive } from "./state.js";
import { videoJson } from "./view.js";

/** All but those of the object itself: its summary, and its ends. */
export const steps: Record<Exclude<StepName, "index" | "expire" | "purge">, Step> = {
  submit,
  poll,
  reconcile,
  estimate,
  archive,
  notify,
  cleanup,
  poster,
  settle,
};

/** Sends the billing to the account. */
async function reconcile(runner: JobRunner): Promise<undefined> {
  const { state } = runner;
  if (!state.billing) return;
  await recordBilling(runner, state.billing);
  runner.schedule("settle");
  runner.log("reconciled", { status: state.billing.kind, microUsd: microUsdOf(state.billing) });
}

/** Idempotent. */
export async function recordBilling({ env, spec, jobId }: JobRunner, billing: Billing): Promise<BillingResult> {
  return accountOf(env, spec.owner).recordBilling(jobId, billing);
}

/** How often a host has to report that a video is missing: a fresh one may not be everywhere yet. */
const MISSING_TRIES = 5;

/** Archives one video that is not in R2 yet: the engine limits a run of the alarm to 15 minutes. */
async function archive(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { state } = runner;
  const missing = () => state.videos.filter(({ file, isLost }) => !file && !isLost);
  const due = missing().find(({ nextAt = 0 }) => nextAt <= Date.now());
  if (due) await archiveOne(runner, due, signal);
  // A delete takes precedence; if it fails, archiving continues.
  const times = missing().map(({ nextAt }) => nextAt ?? Date.now());
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A failed attempt is counted, and retried until it is too late. */
async function archiveOne(
  runner: JobRunner,
  entry: VideoArchive,
  signal: AbortSignal,
): Promise<void> {
  const { env, state, jobId } = runner;
  const index = state.videos.indexOf(entry);
  const video = state.snapshot.outcome?.videos[index];
  if (!video) return;
  const since = Date.now();
  try {
    entry.file = await archiveVideo(env, video, `videos/${jobId}/${index}`, entry.tries, signal);
    runner.log("archived", { bytes: entry.file.bytes, ms: Date.now() - since });
    runner.schedule("poster");
  } catch (error) {
    if (signal.aborted) return;
    entry.tries += 1;
    entry.nextAt = Date.now() + withJitter(archiveRetryMs(entry.tries));
    entry.isLost =
      (errorCode(error) === "result_expired" && entry.tries >= MISSING_TRIES) ||
      (video.expiresAt ?? Infinity) <= Date.now();
    runner.log("error", { step: "archive", code: errorCode(error), tries: entry.tries });
  }
  runner.refreshView();
}

/** Posts the end to the job's callback or to the account's own webhook, if it has one now. */
async function notify(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { env, spec, state, jobId } = runner;
  const { webhookEvent } = state;
  if (!webhookEvent) return undefined;
  const info = await accountOf(env, spec.owner).info();
  if (!info || info.closedAt !== undefined) return undefined;
  const { callbackUrl } = spec;
  if (!info.webhook && callbackUrl === undefined) return undefined;
  const since = Date.now();
  try {
    if (callbackUrl !== undefined) {
      const video = openRouterVideo((await videoJson(env, jobId, runner)).text, publicOrigin(env, spec.origin));
      await deliverCallback(env, callbackUrl, info.webhook?.secret, video, webhookEvent, signal);
    } else if (info.webhook) await deliver(env, info.webhook, jobId, webhookEvent, signal);
  } catch (error) {
    // A delete takes precedence; if it fails, the event is delivered all the same.
    if (signal.aborted) return Date.now();
    webhookEvent.tries += 1;
    const wait = deliveryRetryMs(webhookEvent.tries);
    webhookEvent.state = wait === undefined ? "given_up" : "retrying";
    runner.log("error", { step: "notify", code: errorCode(error), tries: webhookEvent.tries });
    return wait === undefined ? undefined : Date.now() + wait;
  }
  webhookEvent.tries += 1;
  webhookEvent.state = "delivered";
  runner.log("webhook_sent", { status: webhookEvent.type, ms: Date.now() - since });
  return undefined;
}

/** Stores a still of one archived video that has none. Nothing depends on it. */
async function poster(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { env, state, jobId } = runner;
  const isMissing = ({ file, poster, posterTries = 0 }: VideoArchive) =>
    file !== undefined && !poster && posterTries < MAX_POSTER_TRIES;
  const entry = state.videos.find(isMissing);
  if (!entry) return undefined;
  const index = state.videos.indexOf(entry);
  try {
    const stored = await storePoster(env, entry, state.snapshot.outcome, `videos/${jobId}/${index}.jpg`, signal);
    if (stored) entry.poster = stored;
    else entry.posterTries = MAX_POSTER_TRIES;
  } catch (error) {
    if (signal.aborted) return undefined;
    entry.posterTries = (entry.posterTries ?? 0) + 1;
    runner.log("error", { step: "poster", code: errorCode(error), tries: entry.posterTries });
    return Date.now() + POSTER_RETRY_MS;
  }
  return state.videos.some(isMissing) ? Date.now() : undefined;
}

/** Deletes the images that were sent for this job: the provider does not need them any more. */
async function cleanup({ env, spec }: JobRunner): Promise<undefined> {
  await env.VIDEO_BUCKET.delete(spec.uploads);
}

/** Tells the account that nothing is left to do. Until then the Cron Trigger looks after the job: its alarm may be lost. */
async function settle({ env, spec, state, jobId }: JobRunner): Promise<number | undefined> {
  const before = STEPS.slice(0, STEPS.indexOf("settle")).filter((step) => step !== "estimate");
  const left = before.map((step) => state.due[step]).filter((at) => at !== undefined);
  if (left.length > 0) return Math.max(...left);
  const { webhookEvent } = state;
  await accountOf(env, spec.owner).settle(jobId, webhookEvent?.state === "given_up" ? webhookEvent.createdAt : undefined);
  return undefined;
}
