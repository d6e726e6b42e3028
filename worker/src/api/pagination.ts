// Which part of a list is wanted.
import { jobIdOf } from "../types.js";
import type { Call } from "./context.js";
import { refused } from "./errors.js";

const USUAL = 20;
const MOST = 100;

export interface Page {
  after?: string;
  limit: number;
  order: "asc" | "desc";
}

export function pageOf(c: Call): Page {
  const after = c.req.query("after");
  const jobId = after === undefined ? undefined : jobIdOf(after);
  if (after !== undefined && jobId === undefined) throw unknownCursor();
  const limit = c.req.query("limit") ?? String(USUAL);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MOST) {
    throw refused("invalid_request", `\`limit\` is a whole number from 1 to ${MOST}.`, {
      param: "limit",
    });
  }
  const order = c.req.query("order") ?? "desc";
  if (order !== "asc" && order !== "desc") {
    throw refused("invalid_request", "`order` is `asc` or `desc`.", { param: "order" });
  }
  return { ...(jobId !== undefined && { after: jobId }), limit: Number(limit), order };
}

export const unknownCursor = () =>
  refused("invalid_request", "`after` names no video of yours.", { param: "after" });
