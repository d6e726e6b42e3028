// Pages of other origins: those that the owner lists may call the API. Tokens travel in a header, never in a cookie.
import { cors as crossOrigin } from "hono/cors";
import type { MiddlewareHandler } from "hono";
import type { App } from "./context.js";

const EXPOSED = [
  "x-request-id",
  "openai-poll-after-ms",
  "retry-after",
  "content-range",
  "accept-ranges",
  "etag",
];

export const cors: MiddlewareHandler<App> = (c, next) => {
  // No page calls: there is nobody to be told.
  if (c.req.header("origin") === undefined) return next();
  const listed = (c.env.CORS_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  const allowed = new Set(listed.filter(Boolean));
  return crossOrigin({
    origin: (origin) => (allowed.has(origin) ? origin : null),
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    exposeHeaders: EXPOSED,
    maxAge: 7200,
  })(c, next);
};
