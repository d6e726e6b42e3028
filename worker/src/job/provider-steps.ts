// The steps at the provider: submit once, poll until the end, cancel.
import { FilmgateError, isFinal, sleep, withJitter } from "filmgate/gateway-server";
import type { CancelResult, Handle, JobStatus, ProviderChoice, ProviderId, StoredError } from "filmgate";
import { validationClient, webhookSecret } from "../client.js";
import { positive } from "../env.js";
import { toUsd } from "../money.js";
import { publicOrigin } from "../public-fetch.js";
import { isUnreachable } from "../reachable.js";
import { accountOf } from "../stubs.js";
import { admit, MAX_QUEUE_MS, stopWaiting, tellSubmit, withdraw } from "./admission.js";
import type { JobSpec } from "../types.js";
import { assume } from "./pending.js";
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
/** An order that waits longer is sent only if its API key is still accepted: a revocation may take as long elsewhere. */
const KEY_CHECK_MS = 10 * SECOND;
/** As the core does: a request that is rejected is rejected at once. */
const INITIAL_POLL_MS = 2 * SECOND;
/** How long a submit that the provider does not know is reconciled: as long as the core does, and over several polls. */
const RECONCILE_MS = 2 * MINUTE;
/** However often webhooks and cancels arrive, a provider is asked about a job at most this often. */
const MIN_POLL_INTERVAL_MS = SECOND;
/** RunPod keeps a result for 30 minutes: three polls fit into them. */
const MAX_POLL_MS = 10 * MINUTE;
/** A job that has not ended after this is polled once an hour, for a week. */
const STUCK_AFTER_MS = DAY;
const MAX_JOB_AGE_MS = 8 * DAY;
/** How often a provider that can look up a submit is polled for one that it did not know; more often in a short window. */
const UNKNOWN_POLL_MS = 5 * MINUTE;
const MIN_UNKNOWN_POLLS = 12;
/** So many answers, over a whole window, prove that the provider never had the job. */
const MIN_NOT_FOUND = 3;
const DEFAULT_RECONCILE_WINDOW_MINUTES = 60;
/** Time limit of a cancel, including its retries. */
const CANCEL_MS = 2 * MINUTE;

/** Submits once in the job's life: the idempotency key names it, and the record shows what may have been sent before a crash. */
export async function submit(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { state } = runner;
  if (!isFinal(state.snapshot.status)) {
    const retryAt = await sendOrWait(runner, signal);
    if (retryAt !== undefined) return retryAt;
  }
  const { status } = state.snapshot;
  if (!isFinal(status)) runner.schedule("poll", Date.now() + INITIAL_POLL_MS);
  else if (status === "submission_unknown") runner.schedule("poll");
  return undefined;
}

/** Sends it once a provider answers; returns when to try again. What may have been sent already never waits. */
async function sendOrWait(runner: JobRunner, signal: AbortSignal): Promise<number | undefined> {
  const { spec, state } = runner;
  const record = await storedStatus(runner);
  if (record && !wasNotCharged(record)) return send(runner, undefined, signal);
  if (!(await mayStillSubmit(runner))) {
    stopWaiting(runner);
    runner.apply(failedStatus(state.snapshot.handle, KEY_ENDED));
    return undefined;
  }
  const { provider, countedAt, retryAt } = await admit(runner, signal);
  if (provider !== undefined) {
    state.submittableSince ??= Date.now();
    return send(runner, provider, signal, countedAt);
  }
  // The time in the queue is no part of the time in which a rejected submit is retried.
  delete state.submittableSince;
  if (retryAt - spec.createdAt < MAX_QUEUE_MS) return retryAt;
  stopWaiting(runner);
  runner.apply(failedStatus(state.snapshot.handle, NEVER_REACHED));
  return undefined;
}

/** Whether the API key that created it may still submit it. It could when the account reserved the cost. */
async function mayStillSubmit({ env, spec }: JobRunner): Promise<boolean> {
  if (Date.now() - spec.createdAt < KEY_CHECK_MS) return true;
  return accountOf(env, spec.owner).maySubmit(spec.keyId);
}

/**
 * Applies the result of the submit; returns when to retry it, if that is safe and may help. `provider` is where it may go;
 * without it, a submit that was sent before a crash is only reconciled.
 */
async function send(
  runner: JobRunner,
  provider: ProviderChoice | undefined,
  signal: AbortSignal,
  countedAt?: ProviderId,
): Promise<number | undefined> {
  const { client, spec, state, jobId } = runner;
  const since = Date.now();
  const secret = await webhookSecret(runner.env);
  let failure: unknown;
  try {
    await client.start(spec.request, {
      idempotencyKey: state.idempotencyKey,
      provider: provider ?? spec.provider,
      ...(spec.reservedMicroUsd === null
        ? { allowUnknownCost: true }
        : { maxCostUsd: toUsd(spec.reservedMicroUsd) }),
      timeoutMs: SUBMIT_MS,
      webhook: { url: `${publicOrigin(runner.env, spec.origin)}/webhooks/${jobId}`, secret },
      signal,
    });
  } catch (error) {
    failure = error;
  }
  // What a crash has left is asked for.
  if (provider === undefined) state.lastPollAt = Date.now();
  const isYoung = since - (state.submittableSince ?? spec.createdAt) < MAX_SUBMIT_RETRY_MS;
  const record = await storedStatus(runner);
  const told = provider !== undefined && !signal.aborted ? await tellOutcome(runner, record, failure, countedAt) : undefined;
  // It was cancelled, nothing was sent, or it went to another provider.
  if (countedAt !== undefined && countedAt !== told) await withdraw(runner, countedAt);
  // Without a record nothing was sent.
  if (!record && isYoung && !isNotCharged(failure)) throw failure;
  const { handle } = record ?? state.snapshot;
  const snapshot = record ?? failedStatus(handle, notSentError(failure));
  const { error } = snapshot;
  // A job that a provider accepted and that failed at once was submitted.
  const isAccepted = snapshot.handle.acceptedAt !== undefined;
  const isRetryable = error?.retryable && error.charge === "none" && !isAccepted;
  // A cancel that has interrupted it comes next, and says how it ends.
  if (isRetryable && (isYoung || signal.aborted)) {
    if (!signal.aborted) runner.log("error", { step: "submit", code: error.code });
    return Date.now() + withJitter(SUBMIT_RETRY_MS);
  }
  runner.apply(snapshot);
  runner.log("submitted", { ms: Date.now() - since, status: snapshot.status });
  return undefined;
}

/** Tells the provider's breaker whether the submit was answered; returns whose. The gateway's own errors say nothing about that. */
async function tellOutcome(
  runner: JobRunner,
  record: JobStatus | undefined,
  failure: unknown,
  countedAt: ProviderId | undefined,
): Promise<ProviderId | undefined> {
  const { provider } = (record ?? runner.state.snapshot).handle;
  const isUnknown = record?.status === "reconciling" || record?.status === "submission_unknown";
  const code = record?.error?.code ?? (failure instanceof FilmgateError ? failure.code : undefined);
  if (!record && code !== "connection_error") return undefined;
  const isAnswered = !isUnknown && code !== "connection_error";
  await tellSubmit(runner, provider, { isAnswered, isCounted: provider === countedAt });
  return provider;
}

/** Polls the job; returns when to poll again. */
export async function poll(runner: JobRunner): Promise<number | undefined> {
  const { state, spec } = runner;
  // A webhook came while the poll that found the end was running.
  if (!mayResume(state.snapshot)) return undefined;
  checkDeadlines(runner, Date.now());
  if (state.snapshot.status === "submission_unknown" && canLookUp(state)) {
    if (!(await isFound(runner))) return nextUnknownPoll(runner, Date.now());
    // Asked once more, with the record, which continues from there.
  }
  const polled = await asked(runner, () => fetchStatus(runner));
  stopWaiting(runner);
  const now = Date.now();
  const isLost = isReconcileTimedOut(runner, polled, now);
  const snapshot = isLost ? failedStatus(polled.handle, NOT_RECONCILED) : polled;
  const age = now - startedAt(spec, state);
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

/** When it could be submitted: a job may have waited for its provider before. */
const startedAt = (spec: JobSpec, { queueMs = 0 }: State): number => spec.createdAt + queueMs;

/** In how many milliseconds the provider may be asked again. A clock that was set back makes nothing wait. */
export function turnInMs({ lastPollAt = 0 }: State): number {
  const waitMs = lastPollAt + MIN_POLL_INTERVAL_MS - Date.now();
  return waitMs > MIN_POLL_INTERVAL_MS ? 0 : Math.max(0, waitMs);
}

/** Asks the provider about the job, in its turn; the next turn is a second after the answer. */
async function asked<T>({ state }: JobRunner, ask: () => Promise<T>): Promise<T> {
  if (!canAsk(state)) return ask();
  // A timer may be a little early.
  while (turnInMs(state) > 0) await sleep(turnInMs(state));
  state.lastPollAt = Date.now();
  return ask().finally(() => (state.lastPollAt = Date.now()));
}

/** Whether a poll asks the provider: RunPod finds a job only by its own id. */
const canAsk = ({ snapshot: { handle }, webhookJobId }: State): boolean =>
  handle.provider === "runware" || (handle.jobId ?? webhookJobId) !== undefined;

/** What time alone changes, whether or not the provider responds. */
function checkDeadlines(runner: JobRunner, now: number): void {
  const { state, spec } = runner;
  const { status } = state.snapshot;
  const age = now - startedAt(spec, state);
  if (!isFinal(status) && !state.isStuck && age >= STUCK_AFTER_MS) {
    // It stays reserved, and the admin sees it.
    state.isStuck = true;
    runner.log("error", { step: "poll", code: "stuck", ms: age });
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
  (positive(env.RECONCILE_WINDOW_MINUTES) ?? DEFAULT_RECONCILE_WINDOW_MINUTES) * MINUTE;

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

/** RunPod finds a job only by its own id, which is lost; Runware is polled until it has not known the job for long enough. */
function nextUnknownPoll(runner: JobRunner, now: number): number | undefined {
  const { state } = runner;
  const deadline = reconcileDeadline(runner, now);
  if (!canLookUp(state)) return state.isReconcileOver ? undefined : deadline;
  if (state.isAssumed || now - (state.unknownSince ?? now) >= DAY) return state.isReconcileOver ? undefined : deadline;
  const next = now + Math.min(UNKNOWN_POLL_MS, reconcileWindowMs(runner) / MIN_UNKNOWN_POLLS);
  return state.isReconcileOver ? next : Math.min(next, deadline);
}

/** Whether the provider finds a job by the id that the gateway gave it. */
const canLookUp = ({ snapshot }: State): boolean => snapshot.handle.provider === "runware";

/**
 * Looks for an unknown submit; returns whether the provider has the job. Once it has answered for a whole window that it has
 * not, the job was never there, and nothing was charged.
 */
async function isFound(runner: JobRunner): Promise<boolean> {
  const { state, env, spec } = runner;
  const { endedAt: _, ...handle } = state.snapshot.handle;
  // Without a record, which holds the end already: an answer and a failure to answer differ.
  const question = () => validationClient(env).status(handle, { request: spec.request });
  const found = await asked(runner, question).catch(() => undefined);
  if (found?.status !== "reconciling") return found !== undefined;
  const now = Date.now();
  state.notFound ??= { since: now, answers: 0 };
  state.notFound.answers += 1;
  const { since, answers } = state.notFound;
  const isProven = answers >= MIN_NOT_FOUND && now - since >= reconcileWindowMs(runner);
  if (isProven && state.billing?.kind === "pending") assume(runner, "not_charged");
  return false;
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
    if (isUnreachable(error)) {
      state.waiting ??= { provider: handle.provider, reason: "provider_unreachable", since: Date.now() };
    }
    // Retried soon, unless it is stuck: after a provider key was withdrawn, every poll fails.
    if (Date.now() - startedAt(spec, state) < STUCK_AFTER_MS) throw error;
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

const NEVER_REACHED: TerminalError = {
  code: "connection_error",
  message: "The provider did not respond for a day. Nothing was sent, and nothing was charged. Order the video again.",
  charge: "none",
  retryable: true,
};

const KEY_ENDED: TerminalError = {
  code: "cancelled",
  message:
    "Cancelled before it was submitted: its API key was revoked, has expired or may not create videos. Nothing was charged. " +
    "Order the video again with another key.",
  charge: "none",
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
  const { state } = runner;
  const { snapshot } = state;
  if (isFinal(snapshot.status)) return alreadyFinished(snapshot);
  const record = await storedStatus(runner);
  if (!record || wasNotCharged(record)) {
    delete state.due.submit;
    stopWaiting(runner);
    runner.apply(failedStatus(snapshot.handle, CANCELLED_BEFORE_SUBMIT));
    return { result: "cancelled", charge: "none" };
  }
  try {
    return await asked(runner, () => cancelStored(runner, record.handle));
  } finally {
    runner.apply((await storedStatus(runner)) ?? snapshot);
    if (!isFinal(state.snapshot.status)) runner.schedule("poll", Date.now() + turnInMs(state));
  }
}

/** The package asks about the job and cancels it; afterwards nothing is sent any more. */
async function cancelStored({ client, spec }: JobRunner, handle: Handle): Promise<CancelResult> {
  const abort = new AbortController();
  try {
    const job = client.resume(handle, { request: spec.request, signal: abort.signal, timeoutMs: CANCEL_MS });
    // Its result is read from the record.
    job.result().catch(() => {});
    return await job.cancel();
  } finally {
    abort.abort();
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
