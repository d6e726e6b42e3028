// What every answer has, whatever it answers.
import type { ErrorHandler, MiddlewareHandler } from "hono";
import { codeOf } from "../job/backoff.js";
import { log } from "../log.js";
import type { App } from "./context.js";
import { answerOf, nowhere, Refused, refused } from "./errors.js";

/** A call without a name of its own is given one at random. */
const nameOf = (theirs = ""): string =>
  /^[\w-]{1,64}$/.test(theirs) ? theirs : crypto.randomUUID();

/**
 * Names the call, and forbids what an answer is not meant for: nothing that the gateway sends is a page, except the
 * admin's, which says for itself what it may do. Hono's own `header` would copy the whole answer for each of them.
 */
export const framed: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-request-id", nameOf(c.req.header("x-request-id")));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  }
};

/** The small router takes `/v1/videos/` for `/v1/videos`; nothing here has two addresses. */
export const exact: MiddlewareHandler<App> = async (c, next) => {
  if (c.req.path.endsWith("/")) throw nowhere();
  await next();
};

/** What was thrown, as an answer; what nobody expected is logged, and not told. */
export const failed: ErrorHandler<App> = (error) => {
  if (error instanceof Refused) return answerOf(error.refusal);
  // An object that is being moved or has too much to do: what was asked can be asked again.
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  const isPassing = retryable === true || overloaded === true;
  const code = isPassing ? "service_unavailable" : "internal_error";
  log("error", { step: "api", code: codeOf(error) });
  const refusal = isPassing
    ? refused(code, "The gateway is busy: ask again.", { retryAfterSeconds: 1 })
    : refused(code, "The gateway broke at this call. Nothing is lost: it can be made again.");
  return answerOf(refusal.refusal);
};
