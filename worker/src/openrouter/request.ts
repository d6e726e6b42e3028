// The body of `POST /api/v1/videos`, parsed into the package's own fields. OpenRouter's document is
// `VideoGenerationRequest` of @openrouter/sdk 1.3.19.
import {
  addUnknown,
  finishRequest,
  invalid,
  isObject,
  newRequest,
  present,
  readExtension,
} from "../api/create-request.js";
import type { CreateRequest, Dialect } from "../api/create-request.js";
import { HeldImage } from "../api/json-body.js";
import { readLabel } from "../api/labels.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { publicUrl, trustedOrigins } from "../public-fetch.js";

const OPENROUTER: Dialect = {
  fields: {
    prompt: "prompt",
    model: "model",
    duration: "duration",
    resolution: "resolution",
    aspect_ratio: "aspectRatio",
    size: "size",
    seed: "seed",
    generate_audio: "generateAudio",
    frame_images: "image",
    input_references: "referenceImages",
  },
  defaults: { duration: 5, size: "1280x720", isSizeOptional: true },
  mapsToSize: true,
};

/** For upscaling, which no model here offers. */
const UPSCALING = ["creativity", "upscale_factor"];
const MAX_SESSION_CHARS = 256;
const PROVIDERS = ["runpod", "runware"];
const FRAMES: Record<string, "image" | "lastFrameImage"> = {
  first_frame: "image",
  last_frame: "lastFrameImage",
};
/** The field of the request, and the part of a reference that has its URL. */
const REFERENCES: Record<string, "referenceImages" | "referenceVideos" | "audio"> = {
  image_url: "referenceImages",
  video_url: "referenceVideos",
  audio_url: "audio",
};

interface OpenRouterRequest {
  create: CreateRequest;
  previousJobId?: string;
  /** Where the end is posted. */
  callbackUrl?: string;
}

/** @throws {ApiError} if the body's shape is wrong. */
export async function readRequest(env: Env, body: unknown): Promise<OpenRouterRequest> {
  if (!isObject(body)) throw apiError("invalid_request_body", "The body must be a JSON object.");
  const create = newRequest(OPENROUTER);
  const read: OpenRouterRequest = { create };
  const fields = new Map(present(body));
  if (!fields.has("model")) throw invalid("model", "Set `model`. `GET /api/v1/videos/models` lists all.");
  for (const [name, value] of fields) readField(env, read, name, value);
  // Images of frames take precedence, as documented.
  const hasFrames = Object.values(FRAMES).some((field) => field in create.request);
  readReferences(hasFrames ? newRequest(OPENROUTER) : create, fields.get("input_references") ?? []);
  readExtension(create, body.filmgate ?? {});
  await finishRequest(create);
  return read;
}

function readField(env: Env, read: OpenRouterRequest, name: string, value: unknown): void {
  const { create } = read;
  switch (name) {
    case "filmgate":
    case "input_references":
      break;
    case "model":
      set(create, name, "model", modelId(value));
      break;
    case "resolution":
      set(create, name, "resolution", typeof value === "string" ? value.toLowerCase() : value);
      break;
    case "frame_images":
      readFrames(create, value);
      break;
    case "provider":
      readProviderOptions(create, value);
      break;
    case "callback_url":
      read.callbackUrl = callbackUrl(env, value);
      break;
    case "previous_job_id":
      if (typeof value !== "string") throw invalid(name, "`previous_job_id` must be the id of a completed video.");
      read.previousJobId = value;
      break;
    case "user":
      readLabel(create.labels, "user", value);
      break;
    case "session_id":
    case "trace":
      readTrace(create, name, value);
      break;
    default:
      readSimple(create, name, value);
  }
}

function readSimple(create: CreateRequest, name: string, value: unknown): void {
  const field = Object.hasOwn(OPENROUTER.fields, name) ? OPENROUTER.fields[name] : undefined;
  if (field !== undefined) set(create, name, field, value);
  else if (UPSCALING.includes(name)) throw invalid(name, `No model here is for upscaling. Leave \`${name}\` out.`);
  else addUnknown(create, name, "`filmgate` takes the fields that OpenRouter's API lacks.");
}

function set(create: CreateRequest, name: string, field: string, value: unknown): void {
  create.paramNames[field] = name;
  create.request[field] = value;
}

/** A slug such as `alibaba/wan-2.6` names the model `wan-2.6`. */
const modelId = (value: unknown): unknown =>
  typeof value === "string" && !value.includes(":") ? value.slice(value.lastIndexOf("/") + 1) : value;

function readFrames(create: CreateRequest, frames: unknown): void {
  for (const [at, frame] of listOf("frame_images", frames).entries()) {
    const type = isObject(frame) ? frame.frame_type : undefined;
    const field = typeof type === "string" && Object.hasOwn(FRAMES, type) ? FRAMES[type] : undefined;
    const param = `frame_images.${at}`;
    if (!field) throw invalid(param, "Set `frame_type` to `first_frame` or `last_frame`.");
    if (field in create.request) throw invalid(param, `\`${String(type)}\` is there twice. Send it once.`);
    set(create, "frame_images", field, urlOf(param, frame, ["image_url"]).url);
  }
}

function readReferences(create: CreateRequest, references: unknown): void {
  for (const [at, reference] of listOf("input_references", references).entries()) {
    const param = `input_references.${at}`;
    const { type, url } = urlOf(param, reference, Object.keys(REFERENCES));
    const field = REFERENCES[type]!;
    if (field === "audio") {
      if ("audio" in create.request) throw invalid(param, "One reference may be an audio. Leave the others out.");
      set(create, "input_references", field, url);
    } else {
      set(create, "input_references", field, [...((create.request[field] as unknown[] | undefined) ?? []), url]);
    }
  }
}

const listOf = (name: string, value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  throw invalid(name, `\`${name}\` must be a list.`);
};

/** A part such as `{ type: "image_url", image_url: { url } }`. */
function urlOf(param: string, part: unknown, types: string[]): { type: string; url: unknown } {
  const type = isObject(part) ? types.find((name) => part.type === name) : undefined;
  const target = type !== undefined && isObject(part) ? part[type] : undefined;
  const url = isObject(target) && !(target instanceof HeldImage) ? target.url : undefined;
  if (type !== undefined && (typeof url === "string" || url instanceof HeldImage)) return { type, url };
  const example = types.map((name) => `\`{ "type": "${name}", "${name}": { "url": "https://…" } }\``).join(" or ");
  throw invalid(param, `Must be ${example}.`);
}

/** Options of other providers are ignored, as documented; preferences, such as a price limit, must not be. */
function readProviderOptions(create: CreateRequest, value: unknown): void {
  const options = isObject(value) ? (value.options ?? {}) : undefined;
  if (!isObject(value) || !isObject(options) || options instanceof HeldImage) {
    throw invalid("provider", "`provider` must be an object, whose `options` are keyed by provider.");
  }
  const others = present(value).flatMap(([name]) => (name === "options" ? [] : [`provider.${name}`]));
  if (others.length > 0) {
    const names = others.map((name) => `\`${name}\``).join(", ");
    throw invalid(others[0]!, `Not applied here: ${names}. Use \`filmgate.provider\` and \`filmgate.maxCostUsd\`.`);
  }
  const ours = PROVIDERS.filter((provider) => Object.hasOwn(options, provider));
  if (ours.length === 0) return;
  const providerOptions = Object.fromEntries(ours.map((provider) => [provider, options[provider]]));
  set(create, "provider.options", "providerOptions", providerOptions);
}

function callbackUrl(env: Env, value: unknown): string {
  const trusted = trustedOrigins(env);
  const url = typeof value === "string" ? publicUrl(value, trusted) : undefined;
  if (url && (url.protocol === "https:" || trusted.has(url.origin))) return url.href;
  throw invalid("callback_url", "`callback_url` must be a public URL that begins with `https://`.");
}

/** Noted as metadata: no provider receives it. */
function readTrace(create: CreateRequest, name: "session_id" | "trace", value: unknown): void {
  const { labels } = create;
  if (name === "session_id" && (typeof value !== "string" || value.length > MAX_SESSION_CHARS)) {
    throw invalid(name, `\`session_id\` must be a text of at most ${MAX_SESSION_CHARS} characters.`);
  }
  if (name === "trace" && !isObject(value)) throw invalid(name, "`trace` must be an object.");
  const entries = isObject(value) ? Object.entries(value) : [[name, value] as const];
  const texts = entries.map(([key, one]) => [key, typeof one === "string" ? one : JSON.stringify(one)] as const);
  readLabel(labels, "metadata", { ...labels.metadata, ...Object.fromEntries(texts) }, name);
}
