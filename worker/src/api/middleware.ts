// What applies to every route: security headers, CORS and errors.
import { cors as honoCors } from "hono/cors";
import type { ErrorHandler, MiddlewareHandler } from "hono";
import { ApiError, apiError, errorCode, errorResponse, notFound } from "../errors.js";
import { log } from "../log.js";
import type { App } from "./context.js";

const EXPOSED_HEADERS = [
  "x-request-id",
  "openai-poll-after-ms",
  "retry-after",
  "content-range",
  "accept-ranges",
  "etag",
];

/** The client's request id, or a random one. */
const requestId = (theirs = ""): string =>
  /^[\w-]{1,64}$/.test(theirs) ? theirs : crypto.randomUUID();

/**
 * Sets the request id, and forbids what a response is not meant for: nothing that the gateway sends is a page, except
 * the admin page, which sets its own policy. Hono's own `header` would copy the whole response for each header.
 */
export const securityHeaders: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-request-id", requestId(c.req.header("x-request-id")));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  }
};

/** The small router matches `/v1/videos/` as `/v1/videos`; here every resource has one URL. */
export const noTrailingSlash: MiddlewareHandler<App> = async (c, next) => {
  if (c.req.path.endsWith("/")) throw notFound();
  await next();
};

/** Pages of the listed origins may call the API. API keys travel in a header, never in a cookie. */
export const cors: MiddlewareHandler<App> = (c, next) => {
  // The caller is not a page.
  if (c.req.header("origin") === undefined) return next();
  const listed = (c.env.CORS_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  const allowed = new Set(listed.filter(Boolean));
  return honoCors({
    origin: (origin) => (allowed.has(origin) ? origin : null),
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 7200,
  })(c, next);
};

/** Turns what was thrown into a response. An unexpected error is logged, and not shown. */
export const onError: ErrorHandler<App> = (error) => {
  if (error instanceof ApiError) return errorResponse(error.details);
  // An object that is being moved or is overloaded: the request can be retried.
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  const isTransient = retryable === true || overloaded === true;
  const code = isTransient ? "service_unavailable" : "internal_error";
  log("error", { step: "api", code: errorCode(error) });
  const { details } = isTransient
    ? apiError(code, "The gateway is busy. Retry the request.", { retryAfterSeconds: 1 })
    : apiError(code, "Internal error. No job is lost; retry the request.");
  return errorResponse(details);
};
