// Reads a JSON body by a schema.
import * as v from "valibot";
import { apiError } from "../errors.js";
import type { Call } from "./context.js";
import { jsonOf, LIMITS } from "./request-body.js";

/** The body, parsed by the schema. @throws {ApiError} that says which field is wrong. */
export async function readBody<T extends v.GenericSchema>(
  call: Call,
  schema: T,
): Promise<v.InferOutput<T>> {
  const body = await jsonOf(call.req.raw, LIMITS.small);
  return parsedBy(schema, body, (names) => call.set("fields", names));
}

/** A body by its schema; `onFields` receives the names of its fields. @throws {ApiError} that says which one is wrong. */
export function parsedBy<T extends v.GenericSchema>(
  schema: T,
  body: unknown,
  onFields?: (names: string[]) => void,
): v.InferOutput<T> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw apiError("invalid_request_body", "The body must be a JSON object.");
  }
  const result = v.safeParse(schema, body, { abortPipeEarly: true });
  if (result.success) {
    onFields?.(Object.keys(body));
    return result.output;
  }
  const [issue] = result.issues;
  const param = v.getDotPath(issue) ?? "";
  const problem = issue.type === "strict_object" ? missingOrUnknown(issue) : issue.message;
  throw apiError("invalid_request_body", `${param} ${problem}.`, { param });
}

const missingOrUnknown = (issue: v.BaseIssue<unknown>): string =>
  issue.expected === "never" ? "is not a field of this request" : "is missing";
