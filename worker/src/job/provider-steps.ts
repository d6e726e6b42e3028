// The steps at the provider: submit once, ask until the end, cancel.
import { FilmgateError } from "filmgate";
import type { CancelResult, Handle, JobStatus, StoredError } from "filmgate";
import { webhookSecret } from "../client.js";
import { toUsd } from "../money.js";
import type { Desk } from "./runner.js";
import { isEnd } from "./state.js";
import { spread } from "./backoff.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a submit may take beside its answer, such as waits for a busy provider; the rest is done by alarms. */
const SUBMIT_MS = 45 * SECOND;
/** How long a submit that made no job is tried again. */
const SUBMIT_PATIENCE_MS = 10 * MINUTE;
const SUBMIT_AGAIN_MS = 15 * SECOND;
/** As the core does: a request that is refused is refused at once. */
const FIRST_ASK_MS = 2 * SECOND;
/** As long as the core asks after a submit that the provider does not know, and more than once where a question fails. */
const SETTLE_MS = 2 * MINUTE;
/** RunPod keeps a result for 30 minutes: three questions fall into them. */
const LATEST_ASK_MS = 10 * MINUTE;
/** Within this a job has ended; later it is asked for once an hour, for a week. */
const STUCK_AFTER_MS = DAY;
const GIVEN_UP_AFTER_MS = 8 * DAY;
/** How often a provider that can tell is asked after a submit that it did not know. */
const UNKNOWN_ASK_MS = 5 * MINUTE;
const GRACE_MINUTES = 60;
/** What a cancel may take, its repetitions included. */
const CANCEL_MS = 2 * MINUTE;

/** Submits, once in the job's life: the key names it, and the record says what may have left before a crash. */
export async function submit(desk: Desk, signal: AbortSignal): Promise<number | undefined> {
  const { state } = desk;
  if (!isEnd(state.told.status)) {
    const again = await send(desk, signal);
    if (again !== undefined) return again;
  }
  if (!isEnd(state.told.status)) desk.plan("poll", Date.now() + FIRST_ASK_MS);
  else if (state.told.status === "submission_unknown") desk.plan("poll");
  return undefined;
}

/** Takes what came of the submit; answers with when to submit again, where that is safe and may help. */
async function send(desk: Desk, signal: AbortSignal): Promise<number | undefined> {
  const { film, order, state, jobId } = desk;
  const since = Date.now();
  const secret = await webhookSecret(desk.env);
  let failure: unknown;
  try {
    await film.start(order.request, {
      idempotencyKey: state.key,
      provider: order.provider,
      ...(order.reservedMicroUsd === null
        ? { allowUnknownCost: true }
        : { maxCostUsd: toUsd(order.reservedMicroUsd) }),
      timeoutMs: SUBMIT_MS,
      webhook: { url: `${order.origin}/webhooks/${jobId}`, secret },
      signal,
    });
  } catch (error) {
    failure = error;
  }
  const isYoung = since - order.createdAt < SUBMIT_PATIENCE_MS;
  const record = await recorded(desk);
  // Without a record nothing has left.
  if (!record && isYoung && !isRefusal(failure)) throw failure;
  const { handle } = record ?? state.told;
  const told = record ?? failed(handle, refusalOf(failure));
  const { error } = told;
  // A job that a provider took and that failed at once has had its submit.
  const isTaken = told.handle.acceptedAt !== undefined;
  const mayGoAgain = error?.retryable && error.charge === "none" && !isTaken;
  if (mayGoAgain && isYoung && !signal.aborted) {
    desk.say("error", { step: "submit", code: error.code });
    return Date.now() + spread(SUBMIT_AGAIN_MS);
  }
  desk.take(told);
  desk.say("submitted", { ms: Date.now() - since, status: told.status });
  return undefined;
}

/** Asks how the job stands; answers with when to ask again. */
export async function ask(desk: Desk): Promise<number | undefined> {
  const { state, order } = desk;
  noteTime(desk, Date.now());
  const answer = await answerTo(desk);
  const now = Date.now();
  const told = isNeverSettled(desk, answer, now) ? failed(answer.handle, UNSETTLED) : answer;
  const age = now - order.createdAt;
  if (!isEnd(told.status) && age >= GIVEN_UP_AFTER_MS) {
    desk.take(failed(told.handle, GIVEN_UP));
    return undefined;
  }
  // One that was unknown is asked after once more: not knowing it still is no news.
  const isNews = told.status !== "reconciling" || state.unknownSince === undefined;
  if (isNews) desk.take(told);
  if (!isNews || told.status === "submission_unknown") return nextUnknown(desk, now);
  if (isEnd(told.status)) return undefined;
  if (state.isStuck) return now + HOUR;
  return Math.min(told.nextPollAt ?? now + MINUTE, now + LATEST_ASK_MS);
}

/** What time alone changes, whether the provider answers or not. */
function noteTime(desk: Desk, now: number): void {
  const { state, order } = desk;
  const { status } = state.told;
  if (!isEnd(status) && !state.isStuck && now - order.createdAt >= STUCK_AFTER_MS) {
    // It stays reserved, and the admin sees it.
    state.isStuck = true;
    desk.say("error", { step: "poll", code: "stuck", ms: now - order.createdAt });
  }
  if (status === "submission_unknown" && !state.isGivenUp && now >= graceEnd(desk, now)) {
    state.isGivenUp = true;
    desk.settleView();
  }
}

/** Until then a webhook may bring back a submit whose answer was lost, without anybody having noticed. */
const graceEnd = (desk: Desk, now: number): number =>
  (desk.state.unknownSince ?? now) + graceMs(desk);

const graceMs = ({ env }: Desk): number =>
  (Number(env.RECONCILE_WINDOW_MINUTES ?? "") || GRACE_MINUTES) * MINUTE;

/** The provider does not know it: it was lost, or a crash came before it left. A single question never says so. */
function isNeverSettled(desk: Desk, { status, handle }: JobStatus, now: number): boolean {
  if (status !== "reconciling" || desk.state.unknownSince !== undefined) return false;
  const since = handle.submittedAt ?? desk.order.createdAt;
  return now - since >= Math.min(SETTLE_MS, graceMs(desk));
}

/** RunPod knows a job by its own id alone, which nobody has; Runware is asked on. */
function nextUnknown(desk: Desk, now: number): number | undefined {
  const { state } = desk;
  const canTell = state.told.handle.provider === "runware";
  const end = graceEnd(desk, now);
  if (!state.isGivenUp) return canTell ? Math.min(now + UNKNOWN_ASK_MS, end) : end;
  return canTell && now - (state.unknownSince ?? now) < DAY ? now + HOUR : undefined;
}

/** What the provider tells; what was told last, where it has answered nothing in all that time. */
async function answerTo({ film, state, order }: Desk): Promise<JobStatus> {
  const { handle } = state.told;
  const jobId = handle.jobId === undefined ? state.heardJobId : undefined;
  try {
    const told = await film.status(handle, jobId === undefined ? {} : { jobId });
    if (state.heardJobId === jobId) delete state.heardJobId;
    return told;
  } catch (error) {
    // It is asked again soon, unless it is stuck: a key that was withdrawn answers no question.
    if (Date.now() - order.createdAt < STUCK_AFTER_MS) throw error;
    return state.told;
  }
}

/** Whether the job may go on after this: its end is unknown, or nobody waited for it any longer. */
export const mayComeBack = ({ status, error }: JobStatus): boolean =>
  !isEnd(status) || status === "submission_unknown" || error?.code === "timeout";

const GIVEN_UP: Refused = {
  code: "timeout",
  message: "The provider has told no end in eight days. What it costs is not known.",
  charge: "unknown",
};

const UNSETTLED: Refused = {
  code: "submission_unknown",
  message: "The answer to the submit was lost, and the provider does not know the job. It may have been billed.",
  charge: "unknown",
};

const UNSENT: Refused = {
  code: "cancelled",
  message: "Cancelled before it was sent.",
  charge: "none",
};

type Refused = Pick<StoredError, "code" | "message" | "charge"> & Partial<StoredError>;

/** An end that no record tells of. */
function failed(handle: Handle, error: Refused): JobStatus {
  const { code } = error;
  const status = code === "cancelled" || code === "submission_unknown" ? code : "failed";
  const { provider } = handle;
  return { handle, status, error: { retryable: false, provider, handle, ...error } };
}

/** Stops the job, as far as it can be. What has not left does not leave. */
export async function cancel(desk: Desk): Promise<CancelResult> {
  const { film, state } = desk;
  const { told } = state;
  if (isEnd(told.status)) return tooLate(told);
  const record = await recorded(desk);
  if (!record || madeNothing(record)) {
    delete state.due.submit;
    desk.take(failed(told.handle, UNSENT));
    return { result: "cancelled", charge: "none" };
  }
  const leave = new AbortController();
  try {
    const job = film.resume(record.handle, { signal: leave.signal, timeoutMs: CANCEL_MS });
    // What it ends with is read from its record.
    job.result().catch(() => {});
    return await job.cancel();
  } finally {
    leave.abort();
    desk.take((await recorded(desk)) ?? told);
    if (!isEnd(state.told.status)) desk.plan("poll");
  }
}

/** The job as its record tells. */
export async function recorded({ film }: Desk): Promise<JobStatus | undefined> {
  return (await film.jobs())[0];
}

/** Refused in a way that cost nothing: to be tried again, but for the cancel. */
const madeNothing = ({ error }: JobStatus): boolean => error?.charge === "none";

const tooLate = (told: JobStatus): CancelResult => ({
  result: "already_finished",
  charge: (told.outcome ?? told.error)?.charge ?? "unknown",
});

const isRefusal = (error: unknown): error is FilmgateError =>
  error instanceof FilmgateError && error.charge === "none";

/** Why nothing was sent. What is no refusal is the gateway's own fault. */
function refusalOf(error: unknown): Refused {
  if (!isRefusal(error)) {
    const message = "The gateway could not send it, in many tries. Nothing was billed.";
    return { code: "internal_error", message, charge: "none" };
  }
  const { code, message, charge, retryable } = error;
  return { code, message, charge, retryable };
}
