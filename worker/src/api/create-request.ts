// The body of `POST /v1/videos`: OpenAI's fields and `filmgate`, parsed into the package's own fields.
import type { Issue, ProviderChoice } from "filmgate";
import { apiError } from "../errors.js";
import { parseUsd } from "../money.js";
import type { JobLabels } from "../types.js";
import { UploadedImage, imageInText, readImage } from "./images.js";
import { HeldImage } from "./json-body.js";
import { readLabel } from "./labels.js";
import { assertStorable, withBody } from "./request-body.js";

/** How an API names the fields of a request, and what it leaves to the gateway. */
export interface Dialect {
  /** The package's field for each of the API's fields. */
  fields: Record<string, string>;
  /** What an absent field means, if the model takes it. The model's own values take precedence. */
  defaults: { duration: number; size: string; isSizeOptional: boolean };
  /** `resolution` and `aspectRatio` name a `size`, if the model takes only that. */
  mapsToSize: boolean;
}

/** A body, parsed but not yet validated; `issues` says what is wrong with its shape. */
export interface CreateRequest {
  /** The package's VideoRequest, with images that were sent as `UploadedImage`. */
  request: Record<string, unknown>;
  provider: ProviderChoice;
  maxMicroUsd?: number;
  allowUnknownCost: boolean;
  dialect: Dialect;
  applyDefaults: boolean;
  labels: JobLabels;
  issues: Issue[];
  /** The client's name for each field of the request. */
  paramNames: Record<string, string>;
}

/** OpenAI's API as of `openai` 7.57 for Node: `VideoCreateParams`. */
export const OPENAI: Dialect = {
  fields: {
    prompt: "prompt",
    model: "model",
    seconds: "duration",
    size: "size",
    input_reference: "image",
  },
  defaults: { duration: 4, size: "720x1280", isSizeOptional: false },
  mapsToSize: false,
};

/** Fields that the gateway sets itself, each with the only value that a client may send. */
const GATEWAY_FIELDS: Record<string, unknown> = {
  webhookUrl: undefined,
  taskUUID: undefined,
  deliveryMethod: "async",
  includeCost: true,
};

const IMAGE_FIELDS = ["image", "lastFrameImage", "referenceImages"] as const;

/** Reads a body, as JSON or as a form. Its images are in memory until `use` has ended; `key` names the API key. */
export async function withCreateRequest<T>(
  request: Request,
  key: string,
  use: (create: CreateRequest) => Promise<T>,
): Promise<T> {
  return withBody(request, key, async (body) => use(await parseCreate(body)));
}

/** The images of the body have to be in memory until the request is used. */
export async function parseCreate(body: unknown): Promise<CreateRequest> {
  if (!isObject(body)) throw apiError("invalid_request_body", "The body must be a JSON object.");
  const create = newRequest(OPENAI);
  for (const [name, value] of present(body)) {
    const field = Object.hasOwn(OPENAI.fields, name) ? OPENAI.fields[name] : undefined;
    if (field !== undefined) {
      create.paramNames[field] = name;
      create.request[field] = readField(name, value);
    } else if (name === "user" || name === "metadata") {
      readLabel(create.labels, name, value);
    } else if (name !== "filmgate") {
      addUnknown(create, name, "Put fields that OpenAI's API lacks into `filmgate`.");
    }
  }
  readExtension(create, body.filmgate ?? {});
  await finishRequest(create);
  return create;
}

export const newRequest = (dialect: Dialect): CreateRequest => ({
  // A field may have any name, even `__proto__`: the core reports the unknown ones.
  request: Object.create(null) as Record<string, unknown>,
  provider: "cheapest",
  allowUnknownCost: false,
  dialect,
  applyDefaults: true,
  labels: {},
  issues: [],
  paramNames: Object.create(null) as Record<string, string>,
});

export function addUnknown(create: CreateRequest, name: string, advice: string): void {
  const message = `Unknown field \`${name}\`. ${advice}`;
  create.issues.push({ severity: "error", path: name, code: "unrecognized_field", message });
  create.paramNames[name] = name;
}

/** Judges the images, and the length of the rest. */
export async function finishRequest(create: CreateRequest): Promise<void> {
  await readImages(create);
  // An image elsewhere is a text.
  for (const field of Object.keys(create.request)) create.request[field] = asSent(create.request[field]);
  assertStorable(mapImages(create.request, ({ name }) => name));
}

/** The client's name for a path of the request. */
export function paramName(create: CreateRequest, path: string): string {
  const [field = "", ...rest] = path.split(".");
  const absent = Object.entries(create.dialect.fields).find(([, ours]) => ours === field)?.[0];
  const isExtension = field in create.request && !(field in create.paramNames);
  const name = create.paramNames[field] ?? (isExtension || !absent ? `filmgate.${field}` : absent);
  return [name, ...rest].join(".");
}

/** The request with each image that was sent replaced. */
export function mapImages(
  request: Record<string, unknown>,
  replace: (image: UploadedImage) => unknown,
): Record<string, unknown> {
  const map = (value: unknown): unknown => {
    if (value instanceof UploadedImage) return replace(value);
    if (Array.isArray(value)) return value.map(map);
    return isObject(value) && "image" in value ? { ...value, image: map(value.image) } : value;
  };
  const given = IMAGE_FIELDS.filter((field) => field in request);
  return { ...request, ...Object.fromEntries(given.map((field) => [field, map(request[field])])) };
}

function readField(name: string, value: unknown): unknown {
  if (name === "seconds" && typeof value === "string") {
    return /^\d{1,6}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
  }
  if (name !== "input_reference" || !isObject(value) || value instanceof HeldImage) return value;
  const { image_url: url, ...others } = value;
  const isImage = typeof url === "string" || url instanceof HeldImage;
  if (isImage && Object.keys(others).length === 0) return url;
  const message = "Send an image as a file, or as `image_url` with a URL or a data URI.";
  throw apiError("invalid_request", message, { param: "input_reference" });
}

export function readExtension(create: CreateRequest, extension: unknown): void {
  if (!isObject(extension) || extension instanceof HeldImage) throw invalid("filmgate", "`filmgate` must be an object.");
  for (const [name, value] of present(extension)) {
    const param = `filmgate.${name}`;
    switch (name) {
      case "provider":
        create.provider = readProvider(value);
        break;
      case "maxCostUsd":
        create.maxMicroUsd = readUsd(value);
        break;
      case "allowUnknownCost":
        create.allowUnknownCost = readBoolean(param, value);
        break;
      case "applyOpenAIDefaults":
        create.applyDefaults = readBoolean(param, value);
        break;
      case "prompt":
      case "model":
        throw invalid(param, `Put \`${name}\` beside \`filmgate\`, not into it.`);
      default:
        readOther(create, name, value);
    }
  }
}

function readOther(create: CreateRequest, name: string, value: unknown): void {
  const param = `filmgate.${name}`;
  if (Object.hasOwn(GATEWAY_FIELDS, name) && value !== GATEWAY_FIELDS[name]) {
    throw invalid(param, `The gateway sets \`${name}\` itself. Leave it out.`);
  }
  const duplicate = create.paramNames[name];
  if (duplicate !== undefined) {
    throw invalid(param, `\`${duplicate}\` and \`${param}\` are the same field. Send one of them.`);
  }
  if (!Object.hasOwn(GATEWAY_FIELDS, name)) create.request[name] = value;
}

function readProvider(value: unknown): ProviderChoice {
  const list = Array.isArray(value) ? value : [value];
  const isKnown = (one: unknown) => one === "runpod" || one === "runware";
  if (value === "cheapest" || (list.length > 0 && list.every(isKnown))) return value as ProviderChoice;
  const message = "Must be a provider (`runpod`, `runware`), a list of them, or `cheapest`.";
  throw invalid("filmgate.provider", message);
}

function readUsd(value: unknown): number {
  // Digits beyond a micro-dollar are cut, but for those that only a sum of floats has.
  const micro = typeof value === "number" ? parseUsd(value.toFixed(9).slice(0, -3)) : undefined;
  if (micro !== undefined) return micro;
  throw invalid("filmgate.maxCostUsd", "`filmgate.maxCostUsd` must be an amount in dollars, such as 2.5.");
}

function readBoolean(param: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(param, `\`${param}\` must be true or false.`);
}

async function readImages(create: CreateRequest): Promise<void> {
  const read = async (value: unknown, param: string): Promise<unknown> => {
    if (value instanceof HeldImage) return readImage(value, param);
    if (typeof value === "string") return (await imageInText(value, param)) ?? value;
    if (Array.isArray(value)) {
      const images = [];
      for (const [at, item] of value.entries()) images.push(await read(item, `${param}.${at}`));
      return images;
    }
    if (!isObject(value) || !("image" in value)) return value;
    return { ...value, image: await read(value.image, `${param}.image`) };
  };
  for (const field of IMAGE_FIELDS.filter((field) => field in create.request)) {
    create.request[field] = await read(create.request[field], paramName(create, field));
  }
}

/** The value with each image that no field takes as the text that was sent. */
function asSent(value: unknown): unknown {
  if (value instanceof HeldImage) return value.asText();
  if (Array.isArray(value)) return value.map(asSent);
  if (!isObject(value) || value instanceof UploadedImage) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, asSent(inner)] as const);
  return Object.fromEntries(entries);
}

/** The fields with a value: `null` means absent. */
export const present = (object: Record<string, unknown>) =>
  Object.entries(object).filter(([, value]) => value !== null && value !== undefined);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const invalid = (param: string, message: string) => apiError("invalid_request", message, { param });
