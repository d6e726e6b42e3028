import { FilmgateError } from "../error.js";
import type { JobEntry } from "./job-entry.js";
import { sleep } from "../util/sleep.js";
import { retryDelayMs } from "./connection.js";
import type { GatewayConnection } from "./connection.js";
import { RetryableError, cancelled, unanswered, submissionUnknown, neverProcessed } from "./errors.js";
import { pollResponseOf } from "./video.js";
import type { PollResponse, JobSnapshot } from "./video.js";

/** The gateway remembers an idempotency key for a day; one hour less allows for clock skew. */
const IDEMPOTENCY_KEY_MS = 23 * 3_600_000;
/** How long a request without any response is retried: the URL may not be a gateway's. */
const SILENCE_LIMIT_MS = 120_000;

/**
 * Sends a create request until it is answered. Retries are safe, because the gateway guarantees one job per idempotency
 * key. The providers have no such guarantee.
 */
export async function submit(entry: JobEntry, connection: GatewayConnection, stop: AbortSignal): Promise<JobSnapshot> {
  const since = performance.now();
  let failure: RetryableError | undefined;
  for (let tries = 0; ; tries++) {
    try {
      if (failure) await sleep(Math.max(failure.waitMs, retryDelayMs(tries)), stop);
      return (await send(entry, connection, stop)).snapshot;
    } catch (error) {
      if (stop.aborted) throw await stopped(entry, stop.reason, failure);
      if (!(error instanceof RetryableError)) throw error;
      failure = error;
    }
    const isSilent = failure.code !== "rate_limited" && performance.now() - since > SILENCE_LIMIT_MS;
    if (isSilent) throw await noResponse(entry, failure);
  }
}

/** Sends a create request once. @throws a `RetryableError`, the error that ended the job, or the signal's reason. */
export async function send(entry: JobEntry, connection: GatewayConnection, stop: AbortSignal): Promise<PollResponse> {
  const { handle, maybeSubmitted } = entry;
  if (Date.now() - handle.createdAt > IDEMPOTENCY_KEY_MS) {
    throw await entry.end("submission_unknown", submissionUnknown(handle));
  }
  try {
    const response = await connection.send(
      {
        method: "POST",
        path: "/videos",
        headers: { "content-type": "application/json", "idempotency-key": handle.id },
        body: entry.record.body ?? "",
        onSent: () => entry.markSubmitted(),
      },
      stop,
    );
    return pollResponseOf(response, entry.handle);
  } catch (error) {
    const isRejected = error instanceof FilmgateError;
    // The gateway did not process it, so it counts as not sent.
    if (isRejected || (error instanceof RetryableError && !error.maybeProcessed)) entry.maybeSubmitted = maybeSubmitted;
    throw isRejected ? await rejected(entry, error) : error;
  }
}

/** A rejection ends the job, unless an earlier attempt may have been processed and only the API key is rejected. */
async function rejected(entry: JobEntry, error: FilmgateError): Promise<unknown> {
  if (!entry.maybeSubmitted) return entry.end("failed", error);
  const isAboutKey = error.code === "unauthorized" || error.code === "missing_api_key";
  if (isAboutKey) return unanswered(entry.handle, error);
  const { code, message, issues } = error;
  return entry.end("failed", new FilmgateError({ code, message, issues, charge: "unknown" }));
}

/** No response: a request that was never processed fails, and any other can be resumed. */
async function noResponse(entry: JobEntry, failure: RetryableError): Promise<unknown> {
  if (entry.maybeSubmitted) return unanswered(entry.handle, failure);
  return entry.end("failed", neverProcessed(entry.handle, failure));
}

/** An abort or timeout ends the job if no request was processed. */
export async function stopped(
  entry: JobEntry,
  reason: unknown,
  failure = new RetryableError("timeout", "Timed out before anything was sent.", false),
): Promise<unknown> {
  if (entry.maybeSubmitted) return reason;
  if (reason instanceof FilmgateError && reason.code === "timeout") return noResponse(entry, failure);
  const error = await entry.end("cancelled", cancelled(entry.handle));
  return reason instanceof FilmgateError ? error : reason;
}
