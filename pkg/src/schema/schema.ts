import { FilmgateError } from "../error.js";
import { deepFreeze } from "../util/freeze.js";
import type { Filmgate, Issue, Model, ModelId, ValidationResult, VideoRequest } from "../types/index.js";
import { propertiesOf } from "./properties.js";
import type { JsonSchema, RequestSchema, StandardIssue, StandardProps, StandardResult } from "./types.js";

const DRAFTS: Record<string, string> = {
  "draft-2020-12": "https://json-schema.org/draft/2020-12/schema",
  "draft-07": "http://json-schema.org/draft-07/schema#",
};

type ObjectSchema = Omit<RequestSchema, "~standard">;

/** A client's schemas, by the model. */
const schemas = new WeakMap<object, Map<string, RequestSchema>>();

/**
 * The schema of a request for a model of the client's catalog, or for `provider:id`. The same call returns the same, frozen
 * object. Offline.
 *
 * As JSON Schema it describes the request as JSON: the fields that any listing of the model has, each with all values that
 * one of them accepts. Rules between fields are in its `description`. As Standard Schema it validates with
 * `client.validate`, and accepts all that it accepts, such as images as bytes.
 *
 * @throws FilmgateError `invalid_request` if the catalog has no such model
 */
export function schema<const Id extends ModelId>(client: Pick<Filmgate, "model" | "validate">, model: Id): RequestSchema<Id> {
  const known = schemas.get(client) ?? new Map<string, RequestSchema>();
  schemas.set(client, known);
  const found = known.get(model) ?? create(client, model);
  known.set(model, found);
  // Each model has its own type; the map has them all.
  return found as unknown as RequestSchema<Id>;
}

function create(client: Pick<Filmgate, "model" | "validate">, id: ModelId): RequestSchema {
  const model = client.model(id);
  if (!model && !/^(runpod|runware):./.test(id)) {
    const message = `The catalog has no model \`${String(id).slice(0, 100)}\`. \`client.models()\` lists them.`;
    throw new FilmgateError({ code: "invalid_request", message });
  }
  const json = model ? ofModel(model) : ofRawModel(id);
  const inDraft = ({ target }: { target: string }): Record<string, unknown> => {
    const $schema = DRAFTS[target];
    if (!$schema) throw new TypeError(`There is no schema for ${target}. Use draft-2020-12 or draft-07.`);
    return { ...(JSON.parse(JSON.stringify(json)) as JsonSchema), $schema };
  };
  const standard: StandardProps<VideoRequest, VideoRequest & { model: ModelId }> = {
    version: 1,
    vendor: "filmgate",
    validate: (value) => validate(client, id, value),
    jsonSchema: { input: inDraft, output: inDraft },
  };
  // As JSON it is the JSON Schema alone.
  Object.defineProperty(json, "~standard", { value: Object.freeze(standard) });
  return deepFreeze(json) as RequestSchema;
}

function ofModel(model: Model): ObjectSchema {
  const { properties, required, rules } = propertiesOf(model);
  const text = rules.map((rule) => ` ${rule}`).join("");
  return {
    $schema: DRAFTS["draft-2020-12"]!,
    title: `Request for ${model.name}`,
    description: `A video of ${model.name}.${text}`,
    type: "object",
    properties: { model: { const: model.id }, ...properties },
    required,
    additionalProperties: false,
  };
}

function ofRawModel(id: ModelId): ObjectSchema {
  return {
    $schema: DRAFTS["draft-2020-12"]!,
    title: `Request for ${id}`,
    type: "object",
    properties: { model: { const: id }, input: { type: "object", description: "The complete raw input." } },
    required: ["input"],
  };
}

function validate(
  client: Pick<Filmgate, "validate">,
  id: ModelId,
  value: unknown,
): StandardResult<VideoRequest & { model: ModelId }> {
  const given = copyOf(value);
  if (!given) return failure("The request must be an object.");
  if (given.model !== undefined && given.model !== id) return failure(`\`model\` must be \`${id}\`.`, ["model"]);
  const request = { ...given, model: id };
  const result = client.validate(request);
  return result.ok ? { value: request } : { issues: problemsOf(result).map(toStandard) };
}

/** The fields of an object; undefined if it is not one, or cannot be read. */
function copyOf(value: unknown): VideoRequest | undefined {
  try {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The errors that all listings have, or those of the listing with the fewest. */
function problemsOf({ issues, listings }: ValidationResult): Issue[] {
  const errorsOf = (all: Issue[]) => all.filter(({ severity }) => severity === "error");
  const common = errorsOf(issues);
  if (common.length > 0) return common;
  const each = listings.map((listing) => errorsOf(listing.issues));
  return each.sort((a, b) => a.length - b.length)[0] ?? [];
}

const failure = (message: string, path: string[] = []) => ({ issues: [{ message, path }] });

function toStandard({ path, message }: Issue): StandardIssue {
  const names = path === "" ? [] : path.split(".");
  return { message, path: names.map((name) => (/^\d+$/.test(name) ? Number(name) : name)) };
}
