// JSON Schemas of what the tools take and return.
import { schema, type JsonSchema } from "../schema/index.js";
import type { Filmgate, Model } from "../types/index.js";

/**
 * Fields that the server sets itself, or leaves out: they would send a video or its end elsewhere, keep a video for a short
 * time only, submit again, or block the call.
 */
export const RESERVED_FIELDS: readonly string[] = [
  "taskUUID", "webhookUrl", "uploadUrl", "ttlSeconds", "deliveryMethod", "includeCost", "providerOptions", "input", "allowInlineImages",
];

const text = (description: string): JsonSchema => ({ type: "string", description });
const number = (description: string): JsonSchema => ({ type: "number", description });
const boolean = (description: string): JsonSchema => ({ type: "boolean", description });
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });

/** A schema of an object, as the protocol's types want it. */
export interface ObjectSchema extends JsonSchema {
  [keyword: string]: unknown;
  type: "object";
}

/** An object: fields with a `?` are optional. */
export function object(fields: Record<string, JsonSchema>, more: Omit<JsonSchema, "type"> = {}): ObjectSchema {
  const named = Object.entries(fields).map(([name, field]) => [name.replace("?", ""), field] as const);
  const required = Object.keys(fields).filter((name) => !name.endsWith("?"));
  return { type: "object", properties: Object.fromEntries(named), required, additionalProperties: false, ...more };
}

/** A JSON object whose fields are described elsewhere. */
const any = (description: string): JsonSchema => ({ type: "object", description });

/** The fields that any model accepts. `list_models` has those of one model, with its rules. */
export function requestSchema(client: Filmgate): JsonSchema {
  const live = client.models().filter(({ listings }) => listings.some(({ status }) => status.state !== "retired"));
  const whole: Model = { id: "any", name: "any model", creator: "", listings: live.flatMap(({ listings }) => listings) };
  const { properties } = schema({ model: (() => whole) as Filmgate["model"], validate: client.validate }, whole.id);
  const model: JsonSchema = { type: "string", description: "`list_models` lists them.", enum: live.map(({ id }) => id) };
  return {
    ...object({}),
    description: "The video. Values differ by model: `list_models` with a `model` has its values and rules.",
    // All sizes of all models are many, and say little.
    properties: { ...withoutReserved(properties), size: { type: "string", pattern: "^\\d+x\\d+$" }, model },
  };
}

/** The request of one model. */
export function modelSchema(client: Filmgate, model: string): JsonSchema {
  const { properties, ...rest } = schema(client, model);
  return { ...rest, properties: withoutReserved(properties) };
}

const withoutReserved = (properties: Record<string, JsonSchema>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !RESERVED_FIELDS.includes(name)));

export const JOB_ID: JsonSchema = { type: "string", format: "uuid", description: "`id` of a job." };

const CHARGE: JsonSchema = { type: "string", enum: ["none", "charged", "unknown"], description: "Whether something was billed." };

const ISSUE = object({
  severity: { type: "string", enum: ["error", "warning"] },
  path: text("Field of the request; empty: the whole request."),
  code: text("Stable code."),
  message: text("What is wrong and how to correct it."),
}, { additionalProperties: true });

const BUDGET = object({
  limitUsd: number("Budget of the session."),
  spentUsd: number("Cost of jobs that have ended."),
  reservedUsd: number("Highest cost of jobs that have not ended."),
  leftUsd: number("What further jobs may cost."),
}, { description: "The session's budget in US dollars. No submit can pass it." });

const STATUS: JsonSchema = {
  type: "string",
  enum: ["submitting", "reconciling", "queued", "running", "completed", "failed", "cancelled", "expired", "submission_unknown"],
};

const JOB_FIELDS: Record<string, JsonSchema> = {
  id: JOB_ID,
  status: STATUS,
  hasEnded: boolean("Whether the status is final."),
  "model?": text("Model."),
  "provider?": text("Provider."),
  "createdAt?": text("When it was submitted."),
  "expectedEndAt?": text("When it is expected to end."),
  "progress?": number("From 0 to 1."),
  "quotedMaxUsd?": number("The most that it may cost, in US dollars."),
  "costUsd?": number("What it cost, as the provider reports it."),
  "charge?": CHARGE,
  "videos?": list(object({ "url?": text("URL of the video, which expires."), "expiresAt?": text("When the URL expires.") })),
  "error?": object({
    code: text("Stable code."),
    message: text("What went wrong."),
    charge: CHARGE,
    retryable: boolean("Whether the same request may succeed."),
  }),
  "obstacle?": object({ code: text("Stable code."), message: text("What stands in the way. The job continues.") }),
  "warnings?": list(object({ path: text("Field."), message: text("Warning.") })),
};

export const JOB = object(JOB_FIELDS);

export const OUTPUTS = {
  models: object({
    models: list(object({
      id: text("`model` of a request."),
      name: text("Name."),
      creator: text("Developer."),
      modes: list({ type: "string" }),
      status: text("`live`, `unverified` or `retired`."),
    }, { additionalProperties: true })),
    "request?": any("JSON Schema of a request for the model."),
  }),
  validation: object({
    ok: boolean("Whether a listing accepts the request."),
    issues: list(ISSUE),
    listings: list(object({
      provider: text("Provider."),
      model: text("Model."),
      ok: boolean("Whether it accepts the request."),
      issues: list(ISSUE),
    }, { additionalProperties: true })),
  }),
  quotes: object({
    quotes: list(object({
      model: text("Model."),
      provider: text("Provider."),
      available: boolean("Whether the listing accepts the request."),
      "basis?": text("`exact`, `range`, `estimate`, `custom`, `live` or `unknown`."),
      "minUsd?": number("Lower end of the price."),
      "maxUsd?": number("Upper end of the price, which counts."),
      "reason?": text("Why the price is not exact."),
      "issues?": list(ISSUE),
    })),
    more: number("Number of further listings that are not shown."),
    budget: BUDGET,
  }),
  submitted: object({
    ...JOB_FIELDS,
    isJoined: boolean("Whether the job existed already, so that nothing was submitted."),
    "handle?": any("Identifies the job in any filmgate client. It holds no prompt and no key."),
    budget: BUDGET,
  }),
  jobs: object({ jobs: list(JOB), more: number("Number of older jobs that are not shown."), "budget?": BUDGET }),
  cancelled: object({
    result: { type: "string", enum: ["cancelled", "already_finished", "unsupported"], description: "`unsupported`: it continues, and is billed." },
    charge: CHARGE,
  }),
  downloaded: object({
    id: JOB_ID,
    isComplete: boolean("Whether all files are there. Otherwise call it again: it continues."),
    files: list(object({ path: text("Path of the file."), uri: text("`file:` URL."), bytes: number("Size."), mimeType: text("Media type.") })),
  }),
};
