// Reads the body and the page parameters of an admin request.
import * as v from "valibot";
import type { Call } from "../api/context.js";
import { jsonOf, LIMITS } from "../api/request-body.js";
import { apiError } from "../errors.js";

/** The body, parsed by the schema. @throws {ApiError} that says which field is wrong. */
export async function readBody<T extends v.GenericSchema>(
  call: Call,
  schema: T,
): Promise<v.InferOutput<T>> {
  const body = await jsonOf(call.req.raw, LIMITS.small);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw apiError("invalid_request_body", "The body must be a JSON object.");
  }
  const result = v.safeParse(schema, body, { abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const param = v.getDotPath(issue) ?? "";
  const problem = issue.type === "strict_object" ? missingOrUnknown(issue) : issue.message;
  throw apiError("invalid_request_body", `${param} ${problem}.`, { param });
}

/** The requested page of a list: the entries after an id, and how many. */
export interface PageRequest {
  after?: string;
  limit: number;
}

export function readPage(call: Call): PageRequest {
  const after = call.req.query("after");
  const limit = call.req.query("limit") ?? "100";
  if (!/^([1-9]\d?|100)$/.test(limit)) {
    throw apiError("invalid_request", "limit must be from 1 to 100.", { param: "limit" });
  }
  return { limit: Number(limit), ...(after !== undefined && { after }) };
}

const missingOrUnknown = (issue: v.BaseIssue<unknown>): string =>
  issue.expected === "never" ? "is not a field of this request" : "is missing";
