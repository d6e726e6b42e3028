import { FilmgateError } from "../error.js";
import type { Handle } from "../types/index.js";
import type { Operation } from "./operation.js";

const SDK_ERROR = Symbol.for("vercel.ai.error");
/** The kind of error whose `isRetryable` the AI SDK obeys. */
const API_CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");

/**
 * A `FilmgateError` that the AI SDK takes for one of its own (`APICallError.isInstance`). It holds neither the
 * request nor an address.
 */
export class FilmgateCallError extends FilmgateError {
  /** Whether the AI SDK may make the same call again: never where a job may have been paid for by it. */
  readonly isRetryable: boolean;
  /** The handles of all the call's jobs, where it had several. */
  readonly handles: Handle[];
  /** In place of an address, which may tell more: the provider's name. */
  readonly url: string;
  /** Nothing: a request holds the prompt. */
  readonly requestBodyValues = {};

  constructor(error: FilmgateError, isRetryable: boolean, handles: Handle[]) {
    const { code, message, provider, charge, retryable, issues, providerCode, cause } = error;
    const handle = error.handle ?? handles[0];
    super({
      ...{ code, message, charge, retryable, issues, cause },
      ...(provider !== undefined && { provider }),
      ...(handle !== undefined && { handle }),
      ...(providerCode !== undefined && { providerCode }),
    });
    this.isRetryable = isRetryable;
    this.handles = handles;
    this.url = `filmgate:${provider ?? ""}`;
    for (const mark of [SDK_ERROR, API_CALL_ERROR])
      Object.defineProperty(this, mark, { value: true });
  }
}

/**
 * The error of a call all of whose submits came to nothing, or of whose jobs none made a video. Made again, it
 * could be paid again, unless none of them can have been taken.
 */
export function submitError(reasons: unknown[], handles: Handle[]): unknown {
  const errors = reasons.filter((reason) => reason instanceof FilmgateError);
  // What may have cost something is told first.
  const told = errors.find(({ charge }) => charge !== "none") ?? errors[0];
  if (!told) return reasons[0];
  const isUntaken = ({ retryable, charge, handle }: FilmgateError) =>
    retryable && charge === "none" && handle?.acceptedAt === undefined;
  const isRetryable = errors.length === reasons.length && errors.every(isUntaken);
  return new FilmgateCallError(told, isRetryable, handles);
}

// What says nothing of the job, and may be over when it is asked again.
const PASSING = new Set(["connection_error", "rate_limited", "invalid_response", "timeout", "store_error"]);

/** An error of a call that asks, which costs nothing however often it is made; unless it has waited, too. */
export function questionError(error: unknown, { handles, wait }: Operation): unknown {
  if (!(error instanceof FilmgateError)) return error;
  const isEnd = error.handle?.endedAt !== undefined;
  return new FilmgateCallError(error, !isEnd && !wait && PASSING.has(error.code), handles);
}

/** The handles that errors carry. */
export function handlesOf(errors: unknown[]): Handle[] {
  const handles = errors.map((error) =>
    error instanceof FilmgateError ? error.handle : undefined,
  );
  return handles.filter((handle) => handle !== undefined);
}
