import type { ErrorCode } from "../types/index.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import type { FilmgateError } from "../error.js";

/** An error of the command line itself. The message says what is wrong, then what to do. */
export class CliError extends Error {
  constructor(message: string, readonly exitCode: number = EXIT.usage) {
    super(message);
  }
}

/** Whether it is an error of the client, of whichever copy of its class. */
export const isFilmgateError = (error: unknown): error is FilmgateError =>
  (error as { name?: unknown } | null)?.name === "FilmgateError";

/** What to do, by the error's code. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  missing_api_key: "Set RUNPOD_API_KEY or RUNWARE_API_KEY, or pass --simulate to try it for free.",
  unauthorized: "Check RUNPOD_API_KEY or RUNWARE_API_KEY.",
  budget_exceeded: "Nothing was sent. Pass a higher --max-cost, or compare prices with `filmgate quote`.",
  submission_unknown: "It is not submitted again. Look the job up at the provider before you submit another one.",
};

/** An error as text for a person, and its exit code. */
export function describeError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof CliError) return { text: error.message, exitCode: error.exitCode };
  if (!isFilmgateError(error)) {
    return { text: error instanceof Error ? error.message : String(error), exitCode: EXIT.internal };
  }
  const charge = { none: "", charged: " It was billed.", unknown: " Whether it was billed is unknown." }[error.charge];
  const isInvalid = error.code === "invalid_request" && error.issues.length > 0;
  const issues = isInvalid ? error.issues.map(({ path, message }) => `  ${path || "request"}: ${message}`) : [];
  const first = isInvalid ? "The request is invalid. Nothing was sent." : `${error.message}${charge}`;
  const advice = ADVICE[error.code];
  return { text: [first, ...issues, ...(advice ? [advice] : [])].join("\n"), exitCode: exitCodeOf(error) };
}

/** The same of an error after which the video is not here. Nothing of ours fails a download: a file does, and the job is paid. */
export function describeDownloadError(error: unknown): { text: string; exitCode: number } {
  if (isFilmgateError(error)) return describeError(error);
  return { text: `The video cannot be written: ${describeError(error).text}. It was billed.`, exitCode: EXIT.failedBilled };
}

/** An error as JSON. */
export function errorJson(error: unknown): unknown {
  if (isFilmgateError(error)) return error.toJSON();
  return { name: "Error", message: describeError(error).text };
}
