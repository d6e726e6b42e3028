// What a client asks for: OpenAI's fields and `filmgate`, read into the package's own words.
import type { Issue, ProviderChoice } from "filmgate";
import { parseUsd } from "../money.js";
import { holdsLittle, isShort } from "./bounds.js";
import { refused } from "./errors.js";
import { ImageInput, pictureInText, pictureOf } from "./images.js";

/** A body, read but not yet checked: what is wrong with its shape stands in `issues`. */
export interface Ask {
  /** The package's VideoRequest, with pictures that came along as `ImageInput`. */
  request: Record<string, unknown>;
  provider: ProviderChoice;
  maxMicroUsd?: number;
  allowUnknownCost: boolean;
  /** Whether OpenAI's defaults are filled in. */
  applyOpenAIDefaults: boolean;
  issues: Issue[];
  /** How the client called a field of the request. */
  words: Record<string, string>;
}

/** OpenAI's word for each field that is called otherwise here. */
const OPENAI: Record<string, string> = {
  prompt: "prompt",
  model: "model",
  seconds: "duration",
  size: "size",
  input_reference: "image",
};

/** Fields of a request that the gateway itself decides, each with the only value that passes. */
const OWN: Record<string, unknown> = {
  webhookUrl: undefined,
  taskUUID: undefined,
  deliveryMethod: "async",
  includeCost: true,
};

const PICTURES = ["image", "lastFrameImage", "referenceImages"] as const;

/** Reads a body: parsed JSON, or the fields of a form. */
export async function readAsk(body: unknown): Promise<Ask> {
  if (!isObject(body)) throw refused("invalid_request_body", "The body must be a JSON object.");
  holdsLittle(body);
  const ask: Ask = {
    // A field may have any name, `__proto__` too: the core says what it is not.
    request: Object.create(null) as Record<string, unknown>,
    provider: "cheapest",
    allowUnknownCost: false,
    applyOpenAIDefaults: true,
    issues: [],
    words: Object.create(null) as Record<string, string>,
  };
  for (const [name, value] of given(body)) {
    const field = Object.hasOwn(OPENAI, name) ? OPENAI[name] : undefined;
    if (field !== undefined) {
      ask.words[field] = name;
      ask.request[field] = readField(name, value);
    } else if (name !== "filmgate") {
      const message = `There is no field \`${name}\`: what OpenAI's API lacks goes into \`filmgate\`.`;
      ask.issues.push({ severity: "error", path: name, code: "unrecognized_field", message });
      ask.words[name] = name;
    }
  }
  readExtension(ask, body.filmgate ?? {});
  await readPictures(ask);
  isShort(withPictures(ask.request, ({ name }) => name));
  return ask;
}

/** What the client calls that place of a request. */
export function wordFor(ask: Ask, path: string): string {
  const [field = "", ...rest] = path.split(".");
  const absent = Object.keys(OPENAI).find((name) => OPENAI[name] === field);
  const isExtended = field in ask.request && !(field in ask.words);
  const word = ask.words[field] ?? (isExtended || !absent ? `filmgate.${field}` : absent);
  return [word, ...rest].join(".");
}

/** The request with something else in place of each picture that came along. */
export function withPictures(
  request: Record<string, unknown>,
  replace: (picture: ImageInput) => unknown,
): Record<string, unknown> {
  const swap = (value: unknown): unknown => {
    if (value instanceof ImageInput) return replace(value);
    if (Array.isArray(value)) return value.map(swap);
    return isObject(value) && "image" in value ? { ...value, image: swap(value.image) } : value;
  };
  const given = PICTURES.filter((field) => field in request);
  return { ...request, ...Object.fromEntries(given.map((field) => [field, swap(request[field])])) };
}

function readField(name: string, value: unknown): unknown {
  if (name === "seconds" && typeof value === "string") {
    return /^\d{1,6}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
  }
  if (name !== "input_reference" || !isObject(value) || value instanceof Blob) return value;
  const { image_url: address, ...others } = value;
  if (typeof address === "string" && Object.keys(others).length === 0) return address;
  const message = "Give a picture as a file, or as `image_url`: an address or a data URI.";
  throw refused("invalid_request", message, { param: "input_reference" });
}

function readExtension(ask: Ask, extension: unknown): void {
  if (!isObject(extension)) throw wrong("filmgate", "`filmgate` must be an object.");
  for (const [name, value] of given(extension)) {
    const param = `filmgate.${name}`;
    switch (name) {
      case "provider":
        ask.provider = readProvider(value);
        break;
      case "maxCostUsd":
        ask.maxMicroUsd = readUsd(value);
        break;
      case "allowUnknownCost":
        ask.allowUnknownCost = readBoolean(param, value);
        break;
      case "applyOpenAIDefaults":
        ask.applyOpenAIDefaults = readBoolean(param, value);
        break;
      case "prompt":
      case "model":
        throw wrong(param, `\`${name}\` stands beside \`filmgate\`, not in it.`);
      default:
        readOther(ask, name, value);
    }
  }
}

function readOther(ask: Ask, name: string, value: unknown): void {
  const param = `filmgate.${name}`;
  if (Object.hasOwn(OWN, name) && value !== OWN[name]) {
    throw wrong(param, `The gateway itself decides on \`${name}\`: leave it out.`);
  }
  const twice = ask.words[name];
  if (twice !== undefined) {
    throw wrong(param, `\`${twice}\` says it already: give either it or \`${param}\`.`);
  }
  if (!Object.hasOwn(OWN, name)) ask.request[name] = value;
}

function readProvider(value: unknown): ProviderChoice {
  const list = Array.isArray(value) ? value : [value];
  const isKnown = (one: unknown) => one === "runpod" || one === "runware";
  if (value === "cheapest" || (list.length > 0 && list.every(isKnown))) return value as ProviderChoice;
  const message = "Name a provider (`runpod`, `runware`), a list of them, or `cheapest`.";
  throw wrong("filmgate.provider", message);
}

function readUsd(value: unknown): number {
  // A sum of floats has digits behind the last that money has.
  const micro = typeof value === "number" ? parseUsd(value.toFixed(6)) : undefined;
  if (micro !== undefined) return micro;
  throw wrong("filmgate.maxCostUsd", "The limit must be an amount in dollars, such as 2.5.");
}

function readBoolean(param: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw wrong(param, `\`${param}\` must be true or false.`);
}

async function readPictures(ask: Ask): Promise<void> {
  const read = async (value: unknown, param: string): Promise<unknown> => {
    if (value instanceof Blob) return pictureOf(new Uint8Array(await value.arrayBuffer()), param);
    if (typeof value === "string") return (await pictureInText(value, param)) ?? value;
    if (Array.isArray(value)) {
      return Promise.all(value.map((item, at) => read(item, `${param}.${at}`)));
    }
    if (!isObject(value) || !("image" in value)) return value;
    return { ...value, image: await read(value.image, `${param}.image`) };
  };
  for (const field of PICTURES.filter((field) => field in ask.request)) {
    ask.request[field] = await read(ask.request[field], wordFor(ask, field));
  }
}

/** The fields that say something: `null` is as good as left out. */
const given = (object: Record<string, unknown>) =>
  Object.entries(object).filter(([, value]) => value !== null && value !== undefined);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const wrong = (param: string, message: string) => refused("invalid_request", message, { param });
