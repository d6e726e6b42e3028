// Reads the body and the page of a call.
import * as v from "valibot";
import { jsonOf, LIMITS } from "../api/body.js";
import type { Call } from "../api/context.js";
import { refused } from "../api/errors.js";

/** The body as the schema wants it, or a refusal that says what is wrong with which field. */
export async function readBody<T extends v.GenericSchema>(
  call: Call,
  schema: T,
): Promise<v.InferOutput<T>> {
  const body = await jsonOf(call.req.raw, LIMITS.small);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refused("invalid_request_body", "Send a JSON object.");
  }
  const result = v.safeParse(schema, body, { abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const param = v.getDotPath(issue) ?? "";
  const fault = issue.type === "strict_object" ? missingOrUnknown(issue) : issue.message;
  throw refused("invalid_request_body", `${param} ${fault}.`, { param });
}

/** Which page of a list is meant: what comes after an id, and how much. */
export interface Wanted {
  after?: string;
  limit: number;
}

export function readPage(call: Call): Wanted {
  const after = call.req.query("after");
  const limit = call.req.query("limit") ?? "100";
  if (!/^([1-9]\d?|100)$/.test(limit)) {
    throw refused("invalid_request", "limit must be from 1 to 100.", { param: "limit" });
  }
  return { limit: Number(limit), ...(after !== undefined && { after }) };
}

const missingOrUnknown = (issue: v.BaseIssue<unknown>): string =>
  issue.expected === "never" ? "is not a field of this call" : "is missing";
