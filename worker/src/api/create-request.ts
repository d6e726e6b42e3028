// The body of `POST /v1/videos`: OpenAI's fields and `filmgate`, parsed into the package's own fields.
import type { Issue, ProviderChoice } from "filmgate";
import { apiError } from "../errors.js";
import { parseUsd } from "../money.js";
import { UploadedImage, imageInText, readImage } from "./images.js";
import {
  assertStorable,
  fieldsOf,
  formOf,
  jsonOf,
  LIMITS,
  mediaTypeOf,
} from "./request-body.js";

/** A body, parsed but not yet validated; `issues` says what is wrong with its shape. */
export interface CreateRequest {
  /** The package's VideoRequest, with images that were sent as `UploadedImage`. */
  request: Record<string, unknown>;
  provider: ProviderChoice;
  maxMicroUsd?: number;
  allowUnknownCost: boolean;
  applyOpenAIDefaults: boolean;
  issues: Issue[];
  /** The client's name for each field of the request. */
  paramNames: Record<string, string>;
}

/** Our field for each of OpenAI's fields. */
const OPENAI_FIELDS: Record<string, string> = {
  prompt: "prompt",
  model: "model",
  seconds: "duration",
  size: "size",
  input_reference: "image",
};

/** Fields that the gateway sets itself, each with the only value that a client may send. */
const GATEWAY_FIELDS: Record<string, unknown> = {
  webhookUrl: undefined,
  taskUUID: undefined,
  deliveryMethod: "async",
  includeCost: true,
};

const IMAGE_FIELDS = ["image", "lastFrameImage", "referenceImages"] as const;

/** Reads a body, as JSON or as a form. */
export async function readCreateRequest(request: Request): Promise<CreateRequest> {
  const isForm = mediaTypeOf(request) === "multipart/form-data";
  return parse(isForm ? fieldsOf(await formOf(request)) : await jsonOf(request, LIMITS.json));
}

async function parse(body: unknown): Promise<CreateRequest> {
  if (!isObject(body)) throw apiError("invalid_request_body", "The body must be a JSON object.");
  const create: CreateRequest = {
    // A field may have any name, even `__proto__`: the core reports the unknown ones.
    request: Object.create(null) as Record<string, unknown>,
    provider: "cheapest",
    allowUnknownCost: false,
    applyOpenAIDefaults: true,
    issues: [],
    paramNames: Object.create(null) as Record<string, string>,
  };
  for (const [name, value] of present(body)) {
    const field = Object.hasOwn(OPENAI_FIELDS, name) ? OPENAI_FIELDS[name] : undefined;
    if (field !== undefined) {
      create.paramNames[field] = name;
      create.request[field] = readField(name, value);
    } else if (name !== "filmgate") {
      const message = `Unknown field \`${name}\`. Put fields that OpenAI's API lacks into \`filmgate\`.`;
      create.issues.push({ severity: "error", path: name, code: "unrecognized_field", message });
      create.paramNames[name] = name;
    }
  }
  readExtension(create, body.filmgate ?? {});
  await readImages(create);
  assertStorable(mapImages(create.request, ({ name }) => name));
  return create;
}

/** The client's name for a path of the request. */
export function paramName(create: CreateRequest, path: string): string {
  const [field = "", ...rest] = path.split(".");
  const absent = Object.keys(OPENAI_FIELDS).find((name) => OPENAI_FIELDS[name] === field);
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
  if (name !== "input_reference" || !isObject(value) || value instanceof Blob) return value;
  const { image_url: url, ...others } = value;
  if (typeof url === "string" && Object.keys(others).length === 0) return url;
  const message = "Send an image as a file, or as `image_url` with a URL or a data URI.";
  throw apiError("invalid_request", message, { param: "input_reference" });
}

function readExtension(create: CreateRequest, extension: unknown): void {
  if (!isObject(extension)) throw invalid("filmgate", "`filmgate` must be an object.");
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
        create.applyOpenAIDefaults = readBoolean(param, value);
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
  // A sum of floats has digits beyond a micro-dollar.
  const micro = typeof value === "number" ? parseUsd(value.toFixed(6)) : undefined;
  if (micro !== undefined) return micro;
  throw invalid("filmgate.maxCostUsd", "`filmgate.maxCostUsd` must be an amount in dollars, such as 2.5.");
}

function readBoolean(param: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(param, `\`${param}\` must be true or false.`);
}

async function readImages(create: CreateRequest): Promise<void> {
  const read = async (value: unknown, param: string): Promise<unknown> => {
    if (value instanceof Blob) return readImage(new Uint8Array(await value.arrayBuffer()), param);
    if (typeof value === "string") return (await imageInText(value, param)) ?? value;
    if (Array.isArray(value)) {
      return Promise.all(value.map((item, at) => read(item, `${param}.${at}`)));
    }
    if (!isObject(value) || !("image" in value)) return value;
    return { ...value, image: await read(value.image, `${param}.image`) };
  };
  for (const field of IMAGE_FIELDS.filter((field) => field in create.request)) {
    create.request[field] = await read(create.request[field], paramName(create, field));
  }
}

/** The fields with a value: `null` means absent. */
const present = (object: Record<string, unknown>) =>
  Object.entries(object).filter(([, value]) => value !== null && value !== undefined);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const invalid = (param: string, message: string) => apiError("invalid_request", message, { param });
