// The audit: a line of the log for each change by an admin, whether it was accepted or not, and for each minted key.
import type { MiddlewareHandler } from "hono";
import { log } from "../log.js";
import type { App, Call } from "./context.js";
import { routeOf } from "./middleware.js";

/** An id of an account, a key or a video. A path may have anything, also a key that was pasted into it. */
const ID = /^(?:(?:acct|key)_[0-9a-f]{12}|video_[0-9a-f]{64})$/;

/** Who, what, on what, by which fields. Values are not logged. */
export const audit: MiddlewareHandler<App> = async (c, next) => {
  await next();
  if (!["GET", "HEAD"].includes(c.req.method)) logChange(c, c.res.status);
};

export function logChange(c: Call, status: number): void {
  const [actor, fields] = [c.get("actor"), c.get("fields")];
  const target = c.get("target") ?? ID.exec(c.req.param("id") ?? "")?.[0];
  log("audit", {
    ...{ route: routeOf(c), status, request: c.get("requestId") },
    ...(actor !== undefined && { actor }),
    ...(target !== undefined && { target }),
    ...(fields && { fields }),
    ...c.get("audited"),
  });
}
