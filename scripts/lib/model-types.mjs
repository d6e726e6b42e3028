// The type of a request for each model, from the catalog's files: the required fields, and the values of those that have
// a list. A field is as wide as all listings of the model that are still offered.
import { catalogModels } from "./catalog.mjs";

/** Fields whose values become a union. Others are in the base type. */
const LISTED = ["duration", "fps", "resolution", "style", "motionAmount"];
/** A range of integers that is longer stays a number: its error message would be too long to read. */
const MAX_RANGE = 30;
const INDENT = "  ";

export function modelTypes(models = catalogModels()) {
  const entries = models.map((model) => `${INDENT}/** ${model.name}. */\n${INDENT}"${model.id}": ${constraintsOf(model)};\n`);
  return (
    "/** The fields that each built-in model requires, and the values of those with a list. Generated from `catalog/`. */\n" +
    `export interface ModelConstraints {\n${entries.join("")}}\n`
  );
}

function constraintsOf({ listings }) {
  const offered = listings.filter(({ status }) => status.state !== "retired");
  const read = (offered.length > 0 ? offered : listings).map(fieldsOf);
  const names = [...new Set(read.flatMap((fields) => [...fields.keys()]))];
  // A `resolution` stands for a size.
  const required = names.filter((name) => name !== "size" && read.every((fields) => fields.get(name)?.required));
  const values = LISTED.flatMap((name) => {
    const all = valuesOf(read, name);
    return all ? [`${name}: ${unionOf(all)}`] : [];
  });
  return `{ required: ${unionOf(required)}; values: { ${values.join("; ")} } }`;
}

const unionOf = (values) => values.map((value) => JSON.stringify(value)).join(" | ") || "never";

/** The parameters by their field, and the resolutions that sizes have. */
function fieldsOf({ params }) {
  const fields = new Map(params.map((param) => [param.field, { ...param }]));
  const tiers = (fields.get("size")?.sizes ?? []).map(({ resolution }) => resolution);
  if (tiers.length > 0) {
    const known = fields.get("resolution");
    fields.set("resolution", { type: "choice", ...known, allowed: [...(known?.allowed ?? []), ...tiers] });
  }
  return fields;
}

/** The values that any listing with the field accepts; undefined if one of them has no list. */
function valuesOf(read, name) {
  const lists = read.filter((fields) => fields.has(name)).map((fields) => listOf(fields.get(name)));
  if (lists.length === 0 || lists.some((list) => !list)) return undefined;
  return [...new Set(lists.flat())].sort((a, b) => (typeof a === "number" ? a - b : 0));
}

function listOf({ type, allowed, min, max }) {
  if (allowed) return allowed;
  if (type !== "integer" || min === undefined || max === undefined || max - min >= MAX_RANGE) return undefined;
  return Array.from({ length: max - min + 1 }, (_, at) => min + at);
}
