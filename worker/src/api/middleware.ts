// What applies to every route: the request log, security headers, CORS and errors.
import { cors as honoCors } from "hono/cors";
import { routePath } from "hono/route";
import type { ErrorHandler, Hono, MiddlewareHandler } from "hono";
import { logConfiguration } from "../configuration.js";
import { ApiError, apiError, errorCode, errorResponse, isRetriedBySdks, methodNotAllowed, notFound } from "../errors.js";
import { log } from "../log.js";
import { count } from "../metrics.js";
import { isNewerStorage } from "../storage-version.js";
import { originOf } from "./context.js";
import type { App, Call } from "./context.js";

const EXPOSED_HEADERS = [
  "x-request-id",
  "openai-poll-after-ms",
  "retry-after",
  "x-should-retry",
  "content-range",
  "accept-ranges",
  "etag",
];

/** A browser that has used TLS once uses nothing else for a year. */
const HSTS = "max-age=31536000";
/** Enough to find where an error was thrown. */
const MAX_STACK_FRAMES = 6;

/** The client's request id, or a random one. */
const requestId = (theirs = ""): string =>
  /^[\w-]{1,64}$/.test(theirs) ? theirs : crypto.randomUUID();

/** One line for each request: no URL, whose signature grants access, and no address. */
export const requestLog: MiddlewareHandler<App> = async (c, next) => {
  const since = Date.now();
  logConfiguration(c.env);
  c.set("requestId", requestId(c.req.header("x-request-id")));
  await next();
  const { status } = c.res;
  const key = c.get("actor");
  const fields = {
    ...{ route: routeOf(c), status, ms: Date.now() - since, request: c.get("requestId") },
    ...(key !== undefined && { key }),
  };
  log("request", fields);
  if (status >= 400) count(c.env, "request", fields);
};

/** The pattern that the router has matched, with the method. */
export const routeOf = (c: Call): string => `${c.req.method} ${routePath(c, -1)}`;

/**
 * Sets the request id, and forbids what a response is not meant for: nothing that the gateway sends is a page, except
 * the admin page, which sets its own policy. Hono's own `header` would copy the whole response for each header.
 */
export const securityHeaders: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-request-id", c.get("requestId"));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  if (originOf(c).startsWith("https:")) headers.set("strict-transport-security", HSTS);
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  }
};

/**
 * For the routes that create. Without an idempotency key the retry of a refusal that the account does not know of would
 * join the job of an equal request, and its own would be lost: the SDKs are told to leave it to their caller.
 */
export const noBlindRetry: MiddlewareHandler<App> = async (c, next) => {
  await next();
  if (c.req.method !== "POST" || c.get("isKnown") || c.req.header("idempotency-key") !== undefined) return;
  if (isRetriedBySdks(c.res)) c.res.headers.set("x-should-retry", "false");
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

/** After all routes of an app: any other method of a path returns 405. A stream has no HEAD. */
export function refuseOtherMethods(app: Hono<App>): void {
  const paths = Map.groupBy(app.routes.filter(({ method }) => method !== "ALL"), ({ path }) => path);
  for (const [path, routes] of paths) {
    const hasHead = !path.endsWith("/events");
    const methods = routes.flatMap(({ method }) => (method === "GET" && hasHead ? ["GET", "HEAD"] : [method]));
    app.all(path, () => methodNotAllowed(methods.join(", ")));
  }
}

/** Turns what was thrown into a response. An unexpected error is logged, and not shown. */
export const onError: ErrorHandler<App> = (error, c) => {
  if (error instanceof ApiError) return errorResponse(error.details);
  if (isNewerStorage(error)) return errorResponse(newerStorage().details);
  // An object that is being moved or is overloaded: the request can be retried.
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  const isTransient = retryable === true || overloaded === true;
  const code = isTransient ? "service_unavailable" : "internal_error";
  const key = c.get("actor");
  log("error", {
    ...{ step: "api", code: errorCode(error), route: routeOf(c), request: c.get("requestId") },
    ...(key !== undefined && { key }),
    stack: stackOf(error),
  });
  const { details } = isTransient
    ? apiError(code, "The gateway is busy. Retry the request.", { retryAfterSeconds: 1 })
    : apiError(code, "Internal error. No job is lost; retry the request.");
  return errorResponse(details);
};

/** Only the frames: the message may quote what was sent. */
const stackOf = ({ stack = "" }: Error): string[] =>
  stack.split("\n").filter((line) => /^\s+at /.test(line)).slice(0, MAX_STACK_FRAMES).map((line) => line.trim());

/** After a rollback. Nothing was read or written, and nothing is lost. */
const newerStorage = () =>
  apiError(
    "service_unavailable",
    "This was stored by a newer version of the gateway, which has to be deployed again. Nothing is lost.",
    { retryAfterSeconds: 60 },
  );
