import { FilmgateError } from "../error.js";
import type { ErrorCode, Handle, Issue } from "../types/index.js";

/** A request that came to nothing for now: asked again, it may be answered. It says nothing of a job. */
export class Trouble extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Whether the gateway may have read it. */
    readonly mayBeRead: boolean,
    /** How long it wishes not to be asked. */
    readonly waitMs = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

// The package's own codes that a refusal may have.
const OURS = /^(invalid_request|budget_exceeded|missing_api_key|model_unavailable|rate_limited)$/;

/** What a refusal is to us. The gateway's own code stays beside it. */
const BY_CODE: Record<string, ErrorCode> = {
  model_not_allowed: "model_unavailable",
  invalid_request_body: "invalid_request",
};

/** What an answer that is no 2xx comes to. */
export function refusalOf(status: number, json: unknown, waitMs = 0): Trouble | FilmgateError {
  const { code, message, issues } = Object((Object(json) as { error?: unknown }).error) as {
    code?: string;
    message?: string;
    issues?: Issue[];
  };
  const words = typeof message === "string" ? message : `The gateway answered with HTTP ${status}.`;
  // Its limits turn a request away before anything is done.
  if (status === 429) return new Trouble("rate_limited", words, false, waitMs);
  if (status === 408 || status >= 500) return new Trouble("invalid_response", words, true, waitMs);
  return new FilmgateError({
    code: ours(code, status),
    message: words,
    ...(Array.isArray(issues) && { issues }),
    ...(code && { providerCode: code }),
  });
}

function ours(code: string | undefined, status: number): ErrorCode {
  // Whoever says nothing of what is wrong is no gateway.
  if (!code) return "invalid_response";
  if (OURS.test(code)) return code as ErrorCode;
  if (BY_CODE[code]) return BY_CODE[code];
  if (status === 401 || status === 403) return "unauthorized";
  return status === 404 ? "job_not_found" : "bad_request";
}

/** The error of a question that came to nothing, and says nothing of the job; what is none of ours as it is. */
export function unanswered(handle: Handle, error: unknown): unknown {
  const isOurs = error instanceof Trouble || (error instanceof FilmgateError && !error.handle);
  return isOurs ? goingOn(handle, error.code, error.message, error.cause) : error;
}

/** `timeoutMs` ran out. */
export function outOfTime(handle: Handle): FilmgateError {
  return goingOn(handle, "timeout", "The time to wait ran out.");
}

/** The gateway does not know the job, which it has had. */
export function gone(handle: Handle): FilmgateError {
  const { provider } = handle;
  const message =
    "The gateway knows no such video under this token: it was deleted, or is another token's.";
  return new FilmgateError({ code: "result_expired", message, provider, charge: "unknown", handle });
}

/** The order was kept from leaving. */
export function cancelled({ provider }: Handle): FilmgateError {
  const message = "The job was cancelled before the gateway had it.";
  return new FilmgateError({ code: "cancelled", message, provider });
}

/** Nothing of the order can have been read, and there is no time left. */
export function unread({ provider }: Handle, { code, message, cause }: Trouble): FilmgateError {
  return new FilmgateError({ code, message, provider, retryable: true, cause });
}

/** An order that may have been read, and that is not sent again. */
export function unknown({ provider }: Handle): FilmgateError {
  const message =
    "The order was not answered within a day, for which the gateway knows its key. It may have been " +
    "filmed; it is not sent again.";
  return new FilmgateError({ code: "submission_unknown", message, provider, charge: "unknown" });
}

function goingOn(handle: Handle, code: ErrorCode, what: string, cause?: unknown): FilmgateError {
  const message = `${what} The job goes on: resume it by its handle.`;
  const { provider } = handle;
  return new FilmgateError({ code, message, provider, charge: "unknown", handle, cause });
}
