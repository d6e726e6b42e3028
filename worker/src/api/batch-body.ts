// The body of `POST /v1/video-batches`: JSON with a list of requests, or JSON Lines with one request a line.
import * as v from "valibot";
import { apiError } from "../errors.js";
import type { Call } from "./context.js";
import { isObject } from "./create-request.js";
import { usd } from "./fields.js";
import { JsonBody, MAX_VALUES as MAX_LINE_VALUES, tooManyValues } from "./json-body.js";
import type { Excess } from "./json-body.js";
import { LIMITS, mediaTypeOf, withText } from "./request-body.js";
import { parsedBy } from "./schema-body.js";

const MAX_REQUESTS = 1_000;
/** Far more than a thousand requests have, in all lines together as in one body. */
const MAX_VALUES = 40_000;
const MAX_CONCURRENCY = 50;
const DEFAULT_CONCURRENCY = 4;
const LINES = ["application/jsonl", "application/x-ndjson"];

const count = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))], "must be an integer"),
  v.integer("must be an integer"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(MAX_CONCURRENCY, `must be at most ${MAX_CONCURRENCY}`),
);

const BatchBody = v.strictObject({
  requests: v.pipe(
    v.array(v.unknown(), "must be a list of requests"),
    v.minLength(1, "must contain a request"),
    v.maxLength(MAX_REQUESTS, `must have at most ${MAX_REQUESTS.toLocaleString("en")} entries`),
  ),
  budgetUsd: usd,
  maxConcurrency: v.optional(count, DEFAULT_CONCURRENCY),
});

/** `budgetUsd` is in micro-dollars by now. */
export type BatchBody = v.InferOutput<typeof BatchBody>;

/** `budgetUsd` and `maxConcurrency` may be in the query: JSON Lines have no other place for them. */
export async function readBatchBody(c: Call, key: string): Promise<BatchBody> {
  const type = mediaTypeOf(c.req.raw);
  const isLines = LINES.includes(type);
  if (!isLines && type !== "application/json") throw notJson();
  return withText(c.req.raw, key, LIMITS.batch, (text) => {
    const body = isLines ? { requests: linesOf(text) } : valueOf(text, MAX_VALUES, "The body").value;
    if (!isObject(body)) throw apiError("invalid_request_body", "The body must be a JSON object.");
    const isTwice = ([name, values]: [string, string[]]) => values.length > 1 || Object.hasOwn(body, name);
    const [param] = Object.entries(c.req.queries()).find(isTwice) ?? [];
    if (param !== undefined) throw twice(param);
    return parsedBy(BatchBody, { ...body, ...c.req.query() });
  });
}

/** Blank lines count for nothing. */
function linesOf(text: string): unknown[] {
  const requests: unknown[] = [];
  let values = 0;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    // One too many is enough to be refused.
    if (requests.length > MAX_REQUESTS) break;
    const read = valueOf(line, MAX_LINE_VALUES, `Line ${at + 1}`);
    values += read.values;
    if (values > MAX_VALUES) throw excessOf(tooManyValues(MAX_VALUES));
    requests.push(read.value);
  }
  return requests;
}

function valueOf(text: string, maxValues: number, name: string): { value: unknown; values: number } {
  const body = new JsonBody(maxValues);
  const excess = body.push(new TextEncoder().encode(text));
  if (excess) throw excessOf(excess);
  const { length } = body.images;
  try {
    if (length === 0) return { value: body.value(), values: body.values };
  } catch {
    throw apiError("invalid_request_body", `${name} is not valid JSON in UTF-8.`);
  } finally {
    body.free();
  }
  throw apiError("invalid_image", IMAGES_BY_URL, { param: "requests" });
}

export const IMAGES_BY_URL = "A batch takes images by their URLs. Send an image itself with `POST /v1/videos`.";

const excessOf = ({ code, message }: Excess) => apiError(code, message);

const twice = (param: string) =>
  apiError("invalid_request_body", `\`${param}\` is there twice. Send it once, in the body or in the query.`, { param });

const notJson = () =>
  apiError("unsupported_media_type", "Send the body as `content-type: application/json` or `application/jsonl`.");
