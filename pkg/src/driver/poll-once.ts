import { FilmgateError } from "../error.js";
import type { ErrorCode, Handle } from "../types/index.js";
import type { Answered, Failed } from "../core/protocol.js";

/** The error of a question that came to nothing. It says nothing of the job. */
export function pollFailed(
  handle: Handle,
  answer: Answered | Failed,
  cause: unknown,
): FilmgateError {
  const { code, what } = reading(answer);
  return new FilmgateError({
    code,
    message: `${what} The job goes on: ask again.`,
    provider: handle.provider,
    charge: "unknown",
    handle,
    cause,
  });
}

/** Nobody was free to ask in time. */
export function pollTimedOut(handle: Handle): FilmgateError {
  return new FilmgateError({
    code: "timeout",
    message: "The job could not be asked for in time. It goes on: ask again.",
    provider: handle.provider,
    charge: "unknown",
    handle,
  });
}

function reading(answer: Answered | Failed): { code: ErrorCode; what: string } {
  if (answer.type === "failed") {
    return { code: "connection_error", what: "The question had no answer." };
  }
  const { status } = answer;
  const what = `The question was answered with HTTP ${status}, and nothing about the job.`;
  if (status === 401 || status === 403) return { code: "unauthorized", what };
  return { code: status === 429 ? "rate_limited" : "invalid_response", what };
}
