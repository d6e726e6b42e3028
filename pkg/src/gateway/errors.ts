import { FilmgateError } from "../error.js";
import type { ErrorCode, Handle, Issue } from "../types/index.js";

/** A request that failed and can be retried. It says nothing about the job. */
export class RetryableError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Whether the gateway may have processed it. */
    readonly maybeProcessed: boolean,
    /** The gateway's `Retry-After`. */
    readonly waitMs = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

// Codes of the package that the gateway returns.
const PACKAGE_CODES = /^(invalid_request|budget_exceeded|missing_api_key|model_unavailable|rate_limited)$/;

/** The package's code for some of the gateway's own; `providerCode` keeps the original. */
const GATEWAY_CODES: Record<string, ErrorCode> = {
  model_not_allowed: "model_unavailable",
  invalid_request_body: "invalid_request",
};

/** The error of a response that is not 2xx. */
export function errorOf(status: number, json: unknown, waitMs = 0): RetryableError | FilmgateError {
  const { code, message, issues } = Object((Object(json) as { error?: unknown }).error) as {
    code?: string;
    message?: string;
    issues?: Issue[];
  };
  const text = typeof message === "string" ? message : `The gateway returned HTTP ${status}.`;
  // Rate limits reject a request before it is processed.
  if (status === 429) return new RetryableError("rate_limited", text, false, waitMs);
  if (status === 408 || status >= 500) return new RetryableError("invalid_response", text, true, waitMs);
  return new FilmgateError({
    code: toErrorCode(code, status),
    message: text,
    ...(Array.isArray(issues) && { issues }),
    providerCode: code || undefined,
  });
}

function toErrorCode(code: string | undefined, status: number): ErrorCode {
  // A response without a code is not a gateway's.
  if (!code) return "invalid_response";
  if (PACKAGE_CODES.test(code)) return code as ErrorCode;
  if (GATEWAY_CODES[code]) return GATEWAY_CODES[code];
  if (status === 401 || status === 403) return "unauthorized";
  return status === 404 ? "job_not_found" : "bad_request";
}

/** The error of a failed request, for the caller: the job continues. Other errors are returned unchanged. */
export function unanswered(handle: Handle, error: unknown): unknown {
  const isRequestError = error instanceof RetryableError || (error instanceof FilmgateError && !error.handle);
  return isRequestError ? stillRunning(handle, error.code, error.message, error.cause) : error;
}

/** `timeoutMs` ran out. */
export function timedOut(handle: Handle): FilmgateError {
  return stillRunning(handle, "timeout", "Timed out.");
}

/** The gateway does not know the job any more. */
export function deleted(handle: Handle): FilmgateError {
  const { provider } = handle;
  const message =
    "The gateway has no such video for this API key. It was deleted, or belongs to another key.";
  return new FilmgateError({ code: "result_expired", message, provider, charge: "unknown", handle });
}

/** Cancelled before it was sent. */
export function cancelled({ provider }: Handle): FilmgateError {
  const message = "The job was cancelled before it was sent to the gateway.";
  return new FilmgateError({ code: "cancelled", message, provider });
}

/** The request was never processed, and the time is up. */
export function neverProcessed({ provider }: Handle, { code, message, cause }: RetryableError): FilmgateError {
  return new FilmgateError({ code, message, provider, retryable: true, cause });
}

/** The request may have been processed, and is not retried. */
export function submissionUnknown({ provider }: Handle): FilmgateError {
  const message =
    "The gateway did not respond within the day for which it remembers the idempotency key. The video may have " +
    "been generated and charged; the request is not retried.";
  return new FilmgateError({ code: "submission_unknown", message, provider, charge: "unknown" });
}

function stillRunning(handle: Handle, code: ErrorCode, what: string, cause?: unknown): FilmgateError {
  const message = `${what} The job continues. Resume it by its handle.`;
  const { provider } = handle;
  return new FilmgateError({ code, message, provider, charge: "unknown", handle, cause });
}
