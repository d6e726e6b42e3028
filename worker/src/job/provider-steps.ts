// The steps at the provider: submit once, poll until the end, cancel.
import { FilmgateError } from "filmgate";
import type { CancelResult, Handle, JobStatus, StoredError } from "filmgate";
import { sleep } from "../../../pkg/dist/util/sleep.js";
import { isFinal } from "../../../pkg/dist/util/status.js";
import { webhookSecret } from "../client.js";
import { toUsd } from "../money.js";
import { withJitter } from "../../../pkg/dist/util/backoff.js";
import type { JobRunner } from "./runner.js";
import type { State } from "./state.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time limit of a submit, including waits for a busy provider; alarms do the rest. */
const SUBMIT_MS = 45 * SECOND;
/** How long a submit that created no job is retried. */
const MAX_SUBMIT_RETRY_MS = 10 * MINUTE;
const SUBMIT_RETRY_MS = 15 * SECOND;
/** As the core does: a request that is rejected is rejected at once. */
const INITIAL_POLL_MS = 2 * SECOND;
/** How long a submit that the provider does not know is reconciled: as long as the core does, and over several polls. */
const RECONCILE_MS = 2 * MINUTE;
/** However often webhooks and cancels arrive, a provider is asked about a job at most this often. */
export const MIN_POLL_INTERVAL_MS = SECOND;
/** RunPod keeps a result for 30 minutes: three polls fit into them. */
const MAX_POLL_MS = 10 * MINUTE;
/** A job that has not ended after this is polled once an hour, for a week. */
const STUCK_AFTER_MS = DAY;
const MAX_JOB_AGE_MS = 8 * DAY;
/** How often a provider that can look up a submit is polled for one that it did not know. */
const UNKNOWN_POLL_MS = 5 * MINUTE;
const DEFAULT_RECONCILE_WINDOW_MINUTES = 60;
/** Time limit of a cancel, including its retries. */
const CANCEL_MS = 2 * MINUTE;

/** Submits once in the job's life: the idempotency key names it, and the record shows what may have been sent before a crash. */
export async function submit(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { state } = runner;
  if (!isFinal(state.snapshot.status)) {
    const retryAt = await send(runner, signal);
    if (retryAt !== undefined) return retryAt;
  }
  const { status } = state.snapshot;
  if (!isFinal(status)) runner.schedule("poll", Date.now() + INITIAL_POLL_MS);
  else if (status === "submission_unknown") runner.schedule("poll");
  return undefined;
}

/** Applies the result of the submit; returns when to retry it, if that is safe and may help. */
async function send(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { client, spec, state, jobId } = runner;
  const since = Date.now();
  const secret = await webhookSecret(runner.env);
  let failure: unknown;
  try {
    await client.start(spec.request, {
      idempotencyKey: state.idempotencyKey,
      provider: spec.provider,
      ...(spec.reservedMicroUsd === null
        ? { allowUnknownCost: true }
        : { maxCostUsd: toUsd(spec.reservedMicroUsd) }),
      timeoutMs: SUBMIT_MS,
      webhook: { url: `${spec.origin}/webhooks/${jobId}`, secret },
      signal,
    });
  } catch (error) {
    failure = error;
  }
  const isYoung = since - spec.createdAt < MAX_SUBMIT_RETRY_MS;
  const record = await storedStatus(runner);
  // Without a record nothing was sent.
  if (!record && isYoung && !isNotCharged(failure)) throw failure;
  const { handle } = record ?? state.snapshot;
  const snapshot = record ?? failedStatus(handle, notSentError(failure));
  const { error } = snapshot;
  // A job that a provider accepted and that failed at once was submitted.
  const isAccepted = snapshot.handle.acceptedAt !== undefined;
  const isRetryable = error?.retryable && error.charge === "none" && !isAccepted;
  if (isRetryable && isYoung && !signal.aborted) {
    runner.log("error", { step: "submit", code: error.code });
    return Date.now() + withJitter(SUBMIT_RETRY_MS);
  }
  runner.apply(snapshot);
  runner.log("submitted", { ms: Date.now() - since, status: snapshot.status });
  return undefined;
}

/** Polls the job; returns when to poll again. */
export async function poll(runner: JobRunner): Promise<number | undefined> {
  const { state, spec } = runner;
  checkDeadlines(runner, Date.now());
  if (canAsk(state)) state.lastPollAt = Date.now();
  const polled = await fetchStatus(runner);
  const now = Date.now();
  const isLost = isReconcileTimedOut(runner, polled, now);
  const snapshot = isLost ? failedStatus(polled.handle, NOT_RECONCILED) : polled;
  const age = now - spec.createdAt;
  if (!isFinal(snapshot.status) && age >= MAX_JOB_AGE_MS) {
    runner.apply(failedStatus(snapshot.handle, TIMED_OUT));
    return undefined;
  }
  // An unknown submit is polled further; if it is still unknown, nothing changes.
  const hasChanged = snapshot.status !== "reconciling" || state.unknownSince === undefined;
  if (hasChanged) runner.apply(snapshot);
  if (!hasChanged || snapshot.status === "submission_unknown") return nextUnknownPoll(runner, now);
  if (isFinal(snapshot.status)) return undefined;
  if (state.isStuck) return now + HOUR;
  return Math.min(snapshot.nextPollAt ?? now + MINUTE, now + MAX_POLL_MS);
}

/** Whether a poll asks the provider: RunPod finds a job only by its own id. */
const canAsk = ({ snapshot: { handle }, webhookJobId }: State): boolean =>
  handle.provider === "runware" || (handle.jobId ?? webhookJobId) !== undefined;

/** What time alone changes, whether or not the provider responds. */
function checkDeadlines(runner: JobRunner, now: number): void {
  const { state, spec } = runner;
  const { status } = state.snapshot;
  if (!isFinal(status) && !state.isStuck && now - spec.createdAt >= STUCK_AFTER_MS) {
    // It stays reserved, and the admin sees it.
    state.isStuck = true;
    runner.log("error", { step: "poll", code: "stuck", ms: now - spec.createdAt });
  }
  const isUnknown = status === "submission_unknown";
  if (isUnknown && !state.isReconcileOver && now >= reconcileDeadline(runner, now)) {
    state.isReconcileOver = true;
    runner.refreshView();
  }
}

/** Until then a webhook can recover a submit whose response was lost, and the owner sees it as running. */
const reconcileDeadline = (runner: JobRunner, now: number): number =>
  (runner.state.unknownSince ?? now) + reconcileWindowMs(runner);

const reconcileWindowMs = ({ env }: JobRunner): number =>
  (Number(env.RECONCILE_WINDOW_MINUTES ?? "") || DEFAULT_RECONCILE_WINDOW_MINUTES) * MINUTE;

/** The provider does not know the submit: it was lost, or a crash came before it was sent. One poll is never enough. */
function isReconcileTimedOut(
  runner: JobRunner,
  { status, handle }: JobStatus,
  now: number,
): boolean {
  if (status !== "reconciling" || runner.state.unknownSince !== undefined) return false;
  const since = handle.submittedAt ?? runner.spec.createdAt;
  return now - since >= Math.min(RECONCILE_MS, reconcileWindowMs(runner));
}

/** RunPod finds a job only by its own id, which is lost; Runware is polled further. */
function nextUnknownPoll(runner: JobRunner, now: number): number | undefined {
  const { state } = runner;
  const canLookUp = state.snapshot.handle.provider === "runware";
  const deadline = reconcileDeadline(runner, now);
  if (!state.isReconcileOver) {
    return canLookUp ? Math.min(now + UNKNOWN_POLL_MS, deadline) : deadline;
  }
  return canLookUp && now - (state.unknownSince ?? now) < DAY ? now + HOUR : undefined;
}

/** The provider's status; the last known one if a stuck job's provider does not respond. */
async function fetchStatus({ client, state, spec }: JobRunner): Promise<JobStatus> {
  const { handle } = state.snapshot;
  const jobId = handle.jobId === undefined ? state.webhookJobId : undefined;
  try {
    const { request } = spec;
    const snapshot = await client.status(handle, { request, ...(jobId !== undefined && { jobId }) });
    if (state.webhookJobId === jobId) delete state.webhookJobId;
    return snapshot;
  } catch (error) {
    // Retried soon, unless it is stuck: after a provider key was withdrawn, every poll fails.
    if (Date.now() - spec.createdAt < STUCK_AFTER_MS) throw error;
    return state.snapshot;
  }
}

/** Whether the job may continue after this: its outcome is unknown, or the gateway stopped waiting for it. */
export const mayResume = ({ status, error }: JobStatus): boolean =>
  !isFinal(status) || status === "submission_unknown" || error?.code === "timeout";

type TerminalError = Pick<StoredError, "code" | "message" | "charge"> & Partial<StoredError>;

const TIMED_OUT: TerminalError = {
  code: "timeout",
  message: "The provider reported no end within eight days. The cost is unknown.",
  charge: "unknown",
};

const NOT_RECONCILED: TerminalError = {
  code: "submission_unknown",
  message: "The response to the submit was lost, and the provider does not know the job. It may have been charged.",
  charge: "unknown",
};

const CANCELLED_BEFORE_SUBMIT: TerminalError = {
  code: "cancelled",
  message: "Cancelled before it was submitted.",
  charge: "none",
};

/** An end without a record. */
function failedStatus(handle: Handle, error: TerminalError): JobStatus {
  const { code } = error;
  const status = code === "cancelled" || code === "submission_unknown" ? code : "failed";
  const { provider } = handle;
  return { handle, status, error: { retryable: false, provider, handle, ...error } };
}

/** Cancels the job as far as possible. What has not been sent is not sent. */
export async function cancel(runner: JobRunner): Promise<CancelResult> {
  const { client, spec, state } = runner;
  const { snapshot } = state;
  if (isFinal(snapshot.status)) return alreadyFinished(snapshot);
  const record = await storedStatus(runner);
  if (!record || wasNotCharged(record)) {
    delete state.due.submit;
    runner.apply(failedStatus(snapshot.handle, CANCELLED_BEFORE_SUBMIT));
    return { result: "cancelled", charge: "none" };
  }
  await sleep(Math.max(0, (state.lastPollAt ?? 0) + MIN_POLL_INTERVAL_MS - Date.now()));
  state.lastPollAt = Date.now();
  const abort = new AbortController();
  try {
    const { request } = spec;
    const job = client.resume(record.handle, { request, signal: abort.signal, timeoutMs: CANCEL_MS });
    // Its result is read from the record.
    job.result().catch(() => {});
    return await job.cancel();
  } finally {
    abort.abort();
    runner.apply((await storedStatus(runner)) ?? snapshot);
    if (!isFinal(state.snapshot.status)) runner.schedule("poll");
  }
}

/** The job as its record has it. */
export async function storedStatus({ client }: JobRunner): Promise<JobStatus | undefined> {
  return (await client.jobs())[0];
}

/** Rejected without a charge: it would have been retried. */
const wasNotCharged = ({ error }: JobStatus): boolean => error?.charge === "none";

const alreadyFinished = (snapshot: JobStatus): CancelResult => ({
  result: "already_finished",
  charge: (snapshot.outcome ?? snapshot.error)?.charge ?? "unknown",
});

const isNotCharged = (error: unknown): error is FilmgateError =>
  error instanceof FilmgateError && error.charge === "none";

/** Why nothing was sent. Any other error is the gateway's own. */
function notSentError(error: unknown): TerminalError {
  if (!isNotCharged(error)) {
    const message = "The gateway could not submit the job after several tries. Nothing was charged.";
    return { code: "internal_error", message, charge: "none" };
  }
  const { code, message, charge, retryable } = error;
  return { code, message, charge, retryable };
}
