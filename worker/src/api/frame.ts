// What every answer has, whatever it answers.
import type { ErrorHandler, MiddlewareHandler } from "hono";
import { codeOf } from "../job/trouble.js";
import { log } from "../log.js";
import type { App } from "./context.js";
import { answerOf, nowhere, Refused, refused } from "./errors.js";

/** Names the call: as its caller did, or at random. */
export const marked: MiddlewareHandler<App> = async (c, next) => {
  const theirs = c.req.header("x-request-id") ?? "";
  const id = /^[\w-]{1,64}$/.test(theirs) ? theirs : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.header("x-request-id", id);
};

/** Nothing that the gateway sends is a page, except the admin's, which says for itself what it may do. */
export const secured: MiddlewareHandler<App> = async (c, next) => {
  await next();
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  if (!c.res.headers.has("content-security-policy")) {
    c.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
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
  const code = isPassing ? "unavailable" : "internal";
  log("trouble", { step: "api", code: codeOf(error) });
  const refusal = isPassing
    ? refused(code, "The gateway is busy: ask again.", { retryAfterSeconds: 1 })
    : refused(code, "The gateway broke at this call. Nothing is lost: it can be made again.");
  return answerOf(refusal.refusal);
};
