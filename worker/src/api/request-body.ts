// Reads request bodies (JSON and forms) within limits of size, time and depth, regardless of their headers.
import { type ApiError, apiError } from "../errors.js";
import { BodyScanner } from "./body-scanner.js";
import { models } from "./catalog.js";

/** Time limit of sending a body. */
const BODY_TIMEOUT_MS = 30_000;

/** The maximum size of each kind of body, in bytes. */
export const LIMITS = {
  /** Images may be inside, as data URIs. */
  json: 16_000_000,
  multipart: 12_000_000,
  /** A provider's webhook: a status, and never an inline video. */
  webhook: 64_000,
  /** Bodies without images. */
  small: 64_000,
} as const;

/** What a job can store of a request beside its images, in characters. */
const MAX_STORED_CHARS = 256_000;
/** Far more than any form has. */
const MAX_FORM_FIELDS = 200;
/** Drain up to 2× the limit before responding; otherwise the client sees a reset instead of the 413. */
const DRAIN_FACTOR = 2;

/** The body's bytes. */
export async function bytesOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(request, limit)) chunks.push(chunk);
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A JSON body, parsed. */
export async function jsonOf(request: Request, limit: number): Promise<unknown> {
  if (mediaTypeOf(request) !== "application/json") throw notJson();
  // Decoded chunk by chunk, so that a large body is not in memory twice.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const scanner = new BodyScanner();
  let text = "";
  let refusal: ApiError | undefined;
  for await (const chunk of chunksOf(request, limit)) {
    // The rest of a refused body is drained: a client that still sends it would see a reset.
    if (refusal) continue;
    const excess = scanner.scan(chunk);
    if (excess) refusal = apiError(excess.code, excess.message);
    try {
      text = refusal ? "" : text + decoder.decode(chunk, { stream: true });
    } catch {
      refusal = notValid();
    }
  }
  if (refusal) throw refusal;
  try {
    return JSON.parse(text + decoder.decode()) as unknown;
  } catch {
    throw notValid();
  }
}

/** The body's chunks. @throws {ApiError} if the body is too large or too slow. */
async function* chunksOf(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit * DRAIN_FACTOR) throw tooLarge(limit);
  if (!request.body) return;
  const reader = request.body.getReader();
  let timer: number | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), BODY_TIMEOUT_MS);
  });
  try {
    let length = 0;
    const isTooLarge = () => Math.max(declared, length) > limit;
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done && !isTooLarge()) return;
      if (done || length > limit * DRAIN_FACTOR) throw tooLarge(limit);
      length += value.length;
      if (!isTooLarge()) yield value;
    }
  } finally {
    clearTimeout(timer);
    // The rest, if any, is not awaited.
    void reader.cancel().catch(() => undefined);
  }
}

/** A form body, parsed. */
export async function formOf(request: Request): Promise<FormData> {
  const bytes = await bytesOf(request, LIMITS.multipart);
  const type = request.headers.get("content-type") ?? "";
  if (hasManyParts(bytes)) throw tooManyFields();
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw apiError("invalid_request_body", "The body is not the form that its `content-type` declares.");
  }
}

/** Whether a form has too many parts, judged by their `content-disposition`: parsing them takes memory. */
function hasManyParts(bytes: Uint8Array): boolean {
  let parts = 0;
  for (let at = bytes.indexOf(COLON); at >= 0; at = bytes.indexOf(COLON, at + 1)) {
    if (isDisposition(bytes, at)) parts += 1;
    if (parts > MAX_FORM_FIELDS) return true;
  }
  return false;
}

const COLON = 0x3a;
const DISPOSITION = "content-disposition";

function isDisposition(bytes: Uint8Array, end: number): boolean {
  const name = bytes.subarray(Math.max(0, end - DISPOSITION.length), end);
  return new TextDecoder("latin1").decode(name).toLowerCase() === DISPOSITION;
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
export function fieldsOf(form: FormData): Record<string, unknown> {
  const entries = [...form.entries()];
  if (entries.length > MAX_FORM_FIELDS) throw tooManyFields();
  const body: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (!FIELD_NAME.test(name)) throw apiError("invalid_request_body", "A form field has an invalid name.");
    const path = name.split(/\]?\[|\]$/).slice(0, name.includes("[") ? -1 : undefined);
    put(body, path, value instanceof File ? value : fieldValue(path, value));
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
  if (top !== "filmgate") return text;
  if (path.length === 0) return extensionOf(text);
  const field = path.filter(Boolean).join(".");
  if (NUMBERS.has(field) || kinds(field).has("number") || kinds(field).has("integer")) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (BOOLEANS.has(field) || kinds(field).has("boolean")) {
    return text === "true" ? true : text === "false" ? false : text;
  }
  return text;
}

function extensionOf(text: string): unknown {
  const excess = new BodyScanner().scan(new TextEncoder().encode(text));
  if (excess) throw apiError(excess.code, excess.message, { param: "filmgate" });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw apiError("invalid_request_body", "The form's `filmgate` is not valid JSON.", { param: "filmgate" });
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

const tooManyFields = () =>
  apiError("invalid_request_body", `A form may have at most ${MAX_FORM_FIELDS} fields.`);

const notJson = () =>
  apiError("unsupported_media_type", "Send the body as `content-type: application/json`.");

const duplicateField = (name: string) =>
  apiError("invalid_request_body", `The form has \`${name}\` twice. Send it once.`, { param: name });
