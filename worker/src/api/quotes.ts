// What an order would cost, everywhere: nothing is stored or sent.
import type { Issue, Quote } from "filmgate";
import type { Call } from "./context.js";
import { callerOf } from "./context.js";
import { addressIssues } from "./addresses.js";
import { quotesOf } from "./market.js";
import { askOf } from "./videos.js";

export async function quotes(c: Call): Promise<Response> {
  await callerOf(c, "READS");
  const ask = await askOf(c.req.raw);
  const issues: Issue[] = [...ask.issues, ...addressIssues(c.env, ask.request)];
  const data: Quote[] = quotesOf(c.env, ask);
  return c.json({ object: "list", data, issues }, 200, { "cache-control": "no-store" });
}
