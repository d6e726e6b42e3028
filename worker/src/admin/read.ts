// Reads the body and the page of a call.
import type { Context } from "hono";
import * as v from "valibot";
import { refused } from "../api/errors.js";

/** The body as the schema wants it, or a refusal that says what is wrong with which field. */
export async function readBody<T extends v.GenericSchema>(
  context: Context,
  schema: T,
): Promise<v.InferOutput<T>> {
  const result = v.safeParse(schema, parse(await context.req.text()), { abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const param = v.getDotPath(issue) ?? "";
  const fault = issue.type === "strict_object" ? missingOrUnknown(issue) : issue.message;
  throw refused("invalid_body", `${param} ${fault}.`, { param });
}

/** Which page of a list is meant: what comes after an id, and how much. */
export interface Wanted {
  after?: string;
  limit: number;
}

export function readPage(context: Context): Wanted {
  const after = context.req.query("after");
  const limit = context.req.query("limit") ?? "100";
  if (!/^([1-9]\d?|100)$/.test(limit)) {
    throw refused("invalid_request", "limit must be from 1 to 100.", { param: "limit" });
  }
  return { limit: Number(limit), ...(after !== undefined && { after }) };
}

function parse(text: string): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Not JSON at all.
  }
  throw refused("invalid_body", "Send a JSON object.");
}

const missingOrUnknown = (issue: v.BaseIssue<unknown>): string =>
  issue.expected === "never" ? "is not a field of this call" : "is missing";
