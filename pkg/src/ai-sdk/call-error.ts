import { FilmgateError } from "../error.js";
import type { Handle } from "../types/index.js";
import type { Operation } from "./operation.js";

const SDK_ERROR = Symbol.for("vercel.ai.error");
/** The class of errors whose `isRetryable` the AI SDK respects. */
const API_CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");

/**
 * A `FilmgateError` that the AI SDK recognizes as its own (`APICallError.isInstance`). It holds neither the request nor
 * a URL.
 */
export class FilmgateCallError extends FilmgateError {
  /** Whether the AI SDK may repeat the call. False if a job of it may have been billed. */
  readonly isRetryable: boolean;
  /** The handles of all jobs of the call. */
  readonly handles: Handle[];
  /** The provider's name in place of a URL, which may hold more. */
  readonly url: string;
  /** Empty, because a request holds the prompt. */
  readonly requestBodyValues = {};

  constructor(error: FilmgateError, isRetryable: boolean, handles: Handle[]) {
    const { code, message, provider, charge, retryable, issues, providerCode, cause } = error;
    const { providerMessage, raw } = error;
    const handle = error.handle ?? handles[0];
    super({
      ...{ code, message, charge, retryable, issues, cause },
      ...(provider !== undefined && { provider }),
      ...(handle !== undefined && { handle }),
      ...(providerCode !== undefined && { providerCode }),
      ...(providerMessage !== undefined && { providerMessage }),
      ...(raw !== undefined && { raw }),
    });
    this.isRetryable = isRetryable;
    this.handles = handles;
    this.url = `filmgate:${provider ?? ""}`;
    for (const marker of [SDK_ERROR, API_CALL_ERROR])
      Object.defineProperty(this, marker, { value: true });
  }
}

/**
 * The error of a call without any video. Repeating the call could be billed again, unless certainly none of its jobs was
 * accepted.
 */
export function submitError(reasons: unknown[], handles: Handle[]): unknown {
  const errors = reasons.filter((reason) => reason instanceof FilmgateError);
  const main = mainOf(errors);
  if (!main) return reasons[0];
  const isNotAccepted = ({ retryable, charge, handle }: FilmgateError) =>
    retryable && charge === "none" && handle?.acceptedAt === undefined;
  const isRetryable = errors.length === reasons.length && errors.every(isNotAccepted);
  return new FilmgateCallError(main, isRetryable, handles);
}

/** The error of several that a caller sees: one that may have been billed matters most. */
const mainOf = (errors: FilmgateError[]): FilmgateError | undefined =>
  errors.find(({ charge }) => charge !== "none") ?? errors[0];

/** Errors of a status check that say nothing about the job, and may not occur again. */
const TRANSIENT = new Set(["connection_error", "rate_limited", "invalid_response", "timeout", "store_error"]);

/** The error of a status check. The check may be repeated at no cost, unless it also waited for the end. */
export function statusError(reasons: unknown[], { handles, wait }: Operation): unknown {
  const error = mainOf(reasons.filter((reason) => reason instanceof FilmgateError));
  if (!error) return reasons[0];
  const hasEnded = error.handle?.endedAt !== undefined;
  return new FilmgateCallError(error, !hasEnded && !wait && TRANSIENT.has(error.code), handles);
}

/** The handles of errors that have one. */
export function handlesOf(errors: unknown[]): Handle[] {
  const handles = errors.map((error) =>
    error instanceof FilmgateError ? error.handle : undefined,
  );
  return handles.filter((handle) => handle !== undefined);
}
