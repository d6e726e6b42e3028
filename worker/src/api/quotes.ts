// What an order would cost, everywhere: nothing is stored or sent.
import type { Call } from "./context.js";
import { callerOf } from "./context.js";
import { quotesOf } from "./plan.js";
import { askOf } from "./videos.js";

export async function quotes(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  const found = quotesOf(c.env, await askOf(c.req.raw));
  const list = { object: "list", data: found.quotes, issues: found.warnings };
  return c.json(list, 200, { "cache-control": "no-store" });
}
