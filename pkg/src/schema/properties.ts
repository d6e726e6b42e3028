// The fields of a model as JSON Schema: what any of its listings accepts.
import type { Listing, Model, Param, Rule } from "../types/index.js";
import type { JsonSchema } from "./types.js";

const DESCRIPTIONS: Record<string, string> = {
  prompt: "Description of the video.",
  negativePrompt: "What the video should not show.",
  image: "The first frame.",
  lastFrameImage: "The last frame.",
  referenceImages: "Images of subjects that appear in the video.",
  video: "The video to edit, extend or reframe.",
  referenceVideos: "Reference videos, for example for motion.",
  audio: "Speech or music that the video follows.",
  duration: "Length in seconds.",
  resolution: "Resolution. An alternative to `size`.",
  size: "Width and height in pixels. An alternative to `resolution`.",
  aspectRatio: "Aspect ratio. Used with `resolution`.",
  n: "Number of videos. Each is billed.",
  generateAudio: "Whether the video has audio, which often costs more.",
};
const FORMS: Record<string, string> = {
  url: "an http(s) URL",
  uuid: "the UUID of a file at Runware",
  "data-uri": "a data URI",
  base64: "Base64",
};
const MEDIA = ["image", "images", "video", "videos", "audio"];
const LISTS = ["images", "videos"];

interface Properties {
  properties: Record<string, JsonSchema>;
  required: string[];
  /** Rules between fields that all listings have, in words. */
  rules: string[];
}

export function propertiesOf({ listings }: Model): Properties {
  const living = listings.filter(({ status }) => status.state !== "retired");
  const offered = living.length > 0 ? living : listings;
  const byField = new Map<string, Param[]>();
  for (const param of offered.flatMap(paramsOf)) byField.set(param.field, [...(byField.get(param.field) ?? []), param]);
  const properties: Record<string, JsonSchema> = {};
  for (const [field, params] of byField) {
    const [name = "", inner] = field.split(".");
    if (inner === undefined) properties[name] = propertyOf(params);
    else {
      const object = (properties[name] ??= { type: "object", properties: {}, additionalProperties: false });
      object.properties![inner] = propertyOf(params);
    }
  }
  const isRequired = (field: string) => (listing: Listing) =>
    listing.params.some((param) => param.field === field && param.required);
  // A `resolution` stands for a size.
  const required = [...byField.keys()].filter((field) => field !== "size" && offered.every(isRequired(field)));
  const [first, ...others] = offered.map(({ rules }) => rules.flatMap(textOf));
  const rules = (first ?? []).filter((text) => others.every((texts) => texts.includes(text)));
  return { properties, required, rules };
}

/** The parameters, and `resolution` and `aspectRatio` where sizes imply them. */
function paramsOf({ params }: Listing): Param[] {
  const sizes = params.flatMap((param) => param.sizes ?? []);
  const implied = (field: "resolution" | "aspectRatio", words: string[]): Param[] => {
    const allowed = [...new Set(words.filter(Boolean))];
    return allowed.length === 0 ? [] : [{ field, type: "choice", allowed, providerField: "", required: false, alwaysSent: false }];
  };
  return [
    ...params,
    ...implied("resolution", sizes.map(({ resolution }) => resolution)),
    ...implied("aspectRatio", sizes.map(({ ratio }) => ratio)),
  ];
}

const textOf = (rule: Rule): string[] => ("text" in rule ? [rule.text] : []);

/** One field, as any of the listings accepts it. */
function propertyOf(params: Param[]): JsonSchema {
  const [{ field, type, default: first }] = params as [Param];
  const item = valueOf(params);
  const words = [DESCRIPTIONS[field], MEDIA.includes(type) ? formsOf(params) : undefined].filter(Boolean);
  const isShared = first !== undefined && params.every((param) => param.default === first);
  return {
    ...(words.length > 0 && { description: words.join(" ") }),
    ...(LISTS.includes(type) ? { type: "array", items: item, ...bound("maxItems", highest(params)) } : item),
    ...(isShared && { default: first }),
  };
}

function valueOf(params: Param[]): JsonSchema {
  const { type } = params[0]!;
  const values = type === "size" ? params.map(sizesOf) : params.map(({ allowed }) => allowed);
  const all = values.every(Boolean) && !MEDIA.includes(type) ? [...new Set(values.flat())] : undefined;
  const options = all ? { enum: all } : {};
  switch (type) {
    case "integer":
    case "number":
      return all ? { type, ...options } : { type, ...bound("minimum", lowest(params)), ...bound("maximum", highest(params)) };
    case "boolean":
      return { type, ...options };
    case "size":
      return { type: "string", ...(all ? options : { pattern: "^\\d+x\\d+$" }) };
    case "choice":
      return { type: "string", ...options };
    case "text":
      return { type: "string", ...bound("minLength", lowest(params)), ...bound("maxLength", highest(params)) };
    case "uuid":
      return { type: "string", format: "uuid" };
    case "url":
      return { type: "string", format: "uri" };
    default:
      return { type: "string" };
  }
}

const sizesOf = ({ sizes = [] }: Param) =>
  sizes.length === 0 ? undefined : sizes.map(({ width, height }) => `${width}x${height}`);

function formsOf(params: Param[]): string {
  const forms = new Set(params.flatMap(({ allowed = [] }) => allowed.map((form) => FORMS[String(form)])));
  const words = [...forms].filter((form) => form !== undefined);
  if (words.length === 0) return "";
  const text = [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** The bound that all have, in its loosest form. A list of values has bounds, too. */
function lowest(params: Param[]): number | undefined {
  const bounds = params.map(({ min, allowed }) => min ?? extreme(Math.min, allowed));
  return bounds.some((one) => one === undefined) ? undefined : Math.min(...(bounds as number[]));
}

function highest(params: Param[]): number | undefined {
  const bounds = params.map(({ max, allowed }) => max ?? extreme(Math.max, allowed));
  return bounds.some((one) => one === undefined) ? undefined : Math.max(...(bounds as number[]));
}

function extreme(of: (...values: number[]) => number, allowed: unknown[] = []): number | undefined {
  const numbers = allowed.filter((value) => typeof value === "number");
  return numbers.length > 0 ? of(...numbers) : undefined;
}

function bound(name: "minimum" | "maximum" | "minLength" | "maxLength" | "maxItems", value: number | undefined): JsonSchema {
  return value === undefined ? {} : { [name]: value };
}
