// Forms: `a[b]=1` and `a[]=1` as the SDKs write objects and lists, back into objects and lists.
import { models } from "./catalog.js";
import { refused } from "./errors.js";

/** More than any order has. */
const MOST_FIELDS = 200;
const NAME = /^[A-Za-z]\w{0,63}(?:\[(?:[A-Za-z0-9]\w{0,63})?\]){0,6}$/;

/** The form's fields as one object; texts that stand for numbers and truth values are those. */
export function fieldsOf(form: FormData): Record<string, unknown> {
  const entries = [...form.entries()];
  if (entries.length > MOST_FIELDS) {
    throw refused("invalid_request_body", `A form may have ${MOST_FIELDS} fields at most.`);
  }
  const body: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw refused("invalid_request_body", "A field of the form has no proper name.");
    const path = name.split(/\]?\[|\]$/).slice(0, name.includes("[") ? -1 : undefined);
    put(body, path, value instanceof File ? value : valueOf(path, value));
  }
  return body;
}

function put(place: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    if (Object.hasOwn(place, name)) throw twice(name);
    place[name] = value;
  } else if (rest[0] === "") {
    const list: unknown = Object.hasOwn(place, name) ? place[name] : [];
    place[name] = [...(Array.isArray(list) ? list : []), value];
  } else {
    const inner: unknown = Object.hasOwn(place, name) ? place[name] : {};
    const object = typeof inner === "object" && inner !== null ? inner : {};
    place[name] = object;
    put(object as Record<string, unknown>, rest, value);
  }
}

function valueOf([top, ...path]: string[], text: string): unknown {
  if (top !== "filmgate") return text;
  if (path.length === 0) return jsonOf(text);
  const field = path.filter(Boolean).join(".");
  if (NUMBERS.has(field) || kinds(field).has("number") || kinds(field).has("integer")) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (BOOLEANS.has(field) || kinds(field).has("boolean")) {
    return text === "true" ? true : text === "false" ? false : text;
  }
  return text;
}

const twice = (name: string) =>
  refused("invalid_request_body", `The form gives \`${name}\` twice.`, { param: name });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refused("invalid_request_body", "The form's `filmgate` is no JSON.", { param: "filmgate" });
  }
}

const NUMBERS = new Set(["maxCostUsd"]);
const BOOLEANS = new Set(["allowUnknownCost", "applyOpenAIDefaults", "allowInlineImages"]);

/** What the catalog's listings take in a field. */
function kinds(field: string): Set<string> {
  const params = models().flatMap(({ listings }) => listings.flatMap(({ params }) => params));
  return new Set(params.filter((param) => param.field === field).map(({ type }) => type));
}
