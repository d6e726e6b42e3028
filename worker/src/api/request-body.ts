// Reads request bodies (JSON and forms) within limits of size, time and depth, regardless of their headers.
import { type ApiError, apiError } from "../errors.js";
import { holdBytes } from "../byte-budget.js";
import { ByteBlocks } from "./byte-blocks.js";
import { models } from "./catalog.js";
import { boundaryOf, FormBody } from "./form-body.js";
import { type Excess, JsonBody } from "./json-body.js";

/** Time limit of sending a body. */
const BODY_TIMEOUT_MS = 30_000;

/** The maximum size of each kind of body, in bytes. */
export const LIMITS = {
  /** Images may be inside, as data URIs. */
  json: 16_000_000,
  multipart: 12_000_000,
  /** A provider's webhook: a status, and never an inline video. */
  webhook: 64_000,
  /** Up to a thousand requests, without images. */
  batch: 1_000_000,
  /** Bodies without images. */
  small: 64_000,
} as const;

/** What a job can store of a request beside its images, in characters. */
const MAX_STORED_CHARS = 256_000;
/** Read at once: one buffer is used for the whole body. */
const CHUNK_BYTES = 65_536;
/** Drain up to 2× the limit before responding; otherwise the client sees a reset instead of the 413. */
const DRAIN_FACTOR = 2;

/** The body of a webhook, or of a call that needs none, as text. */
export async function textOf(request: Request, limit: number, { fatal } = { fatal: false }): Promise<string> {
  const blocks = new ByteBlocks();
  for await (const chunk of chunksOf(request, limit)) blocks.append(chunk);
  try {
    return blocks.text({ fatal });
  } catch {
    throw notValid();
  }
}

/** A JSON body without images. */
export async function jsonOf(request: Request, limit: number): Promise<unknown> {
  if (mediaTypeOf(request) !== "application/json") throw notJson();
  const body = new JsonBody();
  await pushAll(request, limit, body);
  return parsed(body);
}

/** A whole body as text, in UTF-8; its memory counts until `use` has ended. */
export async function withText<T>(request: Request, key: string, limit: number, use: (text: string) => T): Promise<T> {
  const release = await roomFor(request, key, limit);
  try {
    return use(await textOf(request, limit, { fatal: true }));
  } finally {
    release();
  }
}

/** Reads a body of JSON or a form; `use` receives its value, whose images are `HeldImage`s. Their memory is freed then. */
export async function withBody<T>(
  request: Request,
  key: string,
  use: (body: unknown) => Promise<T>,
): Promise<T> {
  const type = mediaTypeOf(request);
  const isForm = type === "multipart/form-data";
  if (!isForm && type !== "application/json") throw notJson();
  const limit = isForm ? LIMITS.multipart : LIMITS.json;
  const release = await roomFor(request, key, limit);
  const body = isForm ? new FormBody(boundary(request)) : new JsonBody();
  try {
    await pushAll(request, limit, body);
    return await use(body instanceof FormBody ? fieldsOf(body) : parsed(body));
  } finally {
    body.free();
    release();
  }
}

/** Waits until the isolate has room for the body; without a length it may be as long as the limit. */
async function roomFor(request: Request, key: string, limit: number): Promise<() => void> {
  const length = request.headers.get("content-length");
  try {
    return await holdBytes(key, Math.min(length === null ? limit : Number(length), limit));
  } catch (error) {
    // Else a client that still sends sees a reset in place of the answer.
    for await (const _ of chunksOf(request, limit));
    throw error;
  }
}

/** The rest of a refused body is drained: a client that still sends it would see a reset. */
async function pushAll(
  request: Request,
  limit: number,
  body: { push(chunk: Uint8Array): Excess | undefined; free(): void },
): Promise<void> {
  let refusal: ApiError | undefined;
  for await (const chunk of chunksOf(request, limit)) {
    if (refusal) continue;
    const excess = body.push(chunk);
    if (!excess) continue;
    refusal = apiError(excess.code, excess.message);
    body.free();
  }
  if (refusal) throw refusal;
}

function parsed(body: JsonBody): unknown {
  try {
    return body.value();
  } catch {
    throw notValid();
  }
}

function boundary(request: Request): string {
  const found = boundaryOf(request.headers.get("content-type") ?? "");
  if (found === undefined) throw notForm();
  return found;
}

/** The body's chunks, each valid until the next is read. @throws {ApiError} if the body is too large or too slow. */
async function* chunksOf(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit * DRAIN_FACTOR) throw tooLarge(limit);
  if (!request.body) return;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  let timer: number | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), BODY_TIMEOUT_MS);
  });
  try {
    let length = 0;
    const isTooLarge = () => Math.max(declared, length) > limit;
    for (;;) {
      const { done, value } = await Promise.race([reader.read(new Uint8Array(buffer)), late]);
      length += value?.length ?? 0;
      if (length > limit * DRAIN_FACTOR || (done && isTooLarge())) throw tooLarge(limit);
      if (done) return;
      if (!isTooLarge()) yield value;
      buffer = value.buffer as ArrayBuffer;
    }
  } finally {
    clearTimeout(timer);
    // The rest, if any, is not awaited.
    void reader.cancel().catch(() => undefined);
  }
}

/** The body's media type without parameters, in lower case. */
export function mediaTypeOf(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

/** @throws {ApiError} if a request is too long to be stored; `request` has names in place of its images. */
export function assertStorable(request: Record<string, unknown>): void {
  if (JSON.stringify(request).length <= MAX_STORED_CHARS) return;
  const max = MAX_STORED_CHARS.toLocaleString("en");
  throw apiError("payload_too_large", `A request may have at most ${max} characters beside its images.`);
}

const FIELD_NAME = /^[A-Za-z]\w{0,63}(?:\[(?:[A-Za-z0-9]\w{0,63})?\]){0,6}$/;

/**
 * A form's fields as one object: the SDKs write objects as `a[b]=1` and lists as `a[]=1`. Texts become numbers and
 * booleans if their field takes these.
 */
function fieldsOf(form: FormBody): Record<string, unknown> {
  const entries = form.fields();
  if (!entries) throw notForm();
  const body: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (!FIELD_NAME.test(name)) throw apiError("invalid_request_body", "A form field has an invalid name.");
    const path = name.split(/\]?\[|\]$/).slice(0, name.includes("[") ? -1 : undefined);
    put(body, path, typeof value === "string" ? fieldValue(path, value) : value);
  }
  return body;
}

function put(target: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    if (Object.hasOwn(target, name)) throw duplicateField(name);
    target[name] = value;
  } else if (rest[0] === "") {
    const list: unknown = Object.hasOwn(target, name) ? target[name] : [];
    target[name] = [...(Array.isArray(list) ? list : []), value];
  } else {
    const inner: unknown = Object.hasOwn(target, name) ? target[name] : {};
    const object = typeof inner === "object" && inner !== null ? inner : {};
    target[name] = object;
    put(object as Record<string, unknown>, rest, value);
  }
}

function fieldValue([top, ...path]: string[], text: string): unknown {
  if (top === "metadata" && path.length === 0) return jsonField(top, text);
  if (top !== "filmgate") return text;
  if (path.length === 0) return jsonField(top, text);
  const field = path.filter(Boolean).join(".");
  if (NUMBERS.has(field) || kinds(field).has("number") || kinds(field).has("integer")) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (BOOLEANS.has(field) || kinds(field).has("boolean")) {
    return text === "true" ? true : text === "false" ? false : text;
  }
  return text;
}

/** A field whose text is JSON. */
function jsonField(name: string, text: string): unknown {
  const body = new JsonBody();
  const excess = body.push(new TextEncoder().encode(text));
  if (excess) throw apiError(excess.code, excess.message, { param: name });
  try {
    return body.value();
  } catch {
    throw apiError("invalid_request_body", `The form's \`${name}\` is not valid JSON.`, { param: name });
  }
}

const NUMBERS = new Set(["maxCostUsd"]);
const BOOLEANS = new Set(["allowUnknownCost", "applyOpenAIDefaults", "allowInlineImages"]);

/** The types that the catalog's listings take for a field. */
function kinds(field: string): Set<string> {
  const params = models().flatMap(({ listings }) => listings.flatMap(({ params }) => params));
  return new Set(params.filter((param) => param.field === field).map(({ type }) => type));
}

const tooLarge = (limit: number) =>
  apiError("payload_too_large", `The body is larger than ${limit.toLocaleString("en")} bytes.`);

const tooSlow = () =>
  apiError("request_timeout", `The body took longer than ${BODY_TIMEOUT_MS / 1000} seconds to arrive.`);

const notValid = () => apiError("invalid_request_body", "The body is not valid JSON in UTF-8.");

const notForm = () =>
  apiError("invalid_request_body", "The body is not the form that its `content-type` declares.");

const notJson = () =>
  apiError("unsupported_media_type", "Send the body as `content-type: application/json`.");

const duplicateField = (name: string) =>
  apiError("invalid_request_body", `The form has \`${name}\` twice. Send it once.`, { param: name });
