import { fromBase64, toBase64 } from "./encoding.js";
import { invalidOption } from "./options.js";
import { MAX_INLINE_LEN, OutsideText } from "./outside-text.js";
import { tagOf } from "./tag.js";
import { within } from "./within.js";

const IMAGE_FIELDS = ["image", "lastFrameImage", "referenceImages"];
/** Other fields that may be `URL` objects. */
const URL_FIELDS = ["video", "referenceVideos", "audio", "webhookUrl", "uploadUrl"];
export const MEDIA_FIELDS = [...IMAGE_FIELDS, ...URL_FIELDS];
/** A longer list is passed on unchanged, and rejected by validation. A sparse list can be arbitrarily long. */
const MAX_LIST_LENGTH = 100;

const SIGNATURES: [type: string, pattern: RegExp][] = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
];
const SIGNATURE_BYTES = 12;
/** The header of a data URI that may hold an image, before the Base64 of its first bytes. */
const HEADER = /^data:(application\/octet-stream|image\/[\w.+-]+)?;base64,(?=[a-z\d+/]{16})/i;
const BYTES = "application/octet-stream";
/** Windows knows no media type of these files. */
const HEIC_FILE = /\.hei[cf]$/i;
/** Bytes whose Base64 is as long as what validation sees of a text. A multiple of 3, so that no padding ends it. */
const SEEN_BYTES = (MAX_INLINE_LEN / 4) * 3;

/** The media type of an image, by its first bytes. */
export function imageType(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, SIGNATURE_BYTES));
  return SIGNATURES.find(([, pattern]) => pattern.test(start))?.[0] ?? BYTES;
}

/** The bytes of the blobs of a request. */
export type BlobBytes = ReadonlyMap<unknown, Uint8Array>;

/** The request with images that are given as bytes converted to data URIs, and `URL` objects to strings. */
export function inlineImages<T>(request: T, read?: BlobBytes): T {
  return inlined(request, (image) => inlineImage(image, read));
}

/** The data URI of an image that is given as bytes; any other image as it is. */
export function inlineImage(image: unknown, read?: BlobBytes): unknown {
  const bytes = read?.get(image) ?? bytesOf(image);
  return bytes ? dataUri(bytes) : image;
}

/**
 * The same at once, for validation, which sees only the beginning of an image: the rest of its bytes is not encoded. A `Blob`
 * cannot be read synchronously: something of its type and size stands for it. In a function of its own, because a client
 * without validation of its own does not need it.
 */
export function inlineImagesSync<T>(request: T): T {
  return inlined(request, (image) => {
    if (isBlob(image)) return standIn(image);
    const bytes = bytesOf(image);
    return bytes && bytes.length > SEEN_BYTES ? beginning(bytes) : inlineImage(image);
  });
}

/** The request with its images converted, those of no type typed by their bytes, and `URL` objects converted to strings. */
function inlined<T>(request: T, convert: (image: unknown) => unknown): T {
  const images = mapImages(request, (image) => typed(urlText(convert(image))));
  return mapFields(images, URL_FIELDS, urlText);
}

const dataUri = (bytes: Uint8Array): string => `data:${imageType(bytes)};base64,${toBase64(bytes)}`;

function beginning(bytes: Uint8Array): OutsideText {
  const whole = () => dataUri(bytes);
  return outsideText(`data:${imageType(bytes)};base64,`, toBase64(bytes.subarray(0, SEEN_BYTES)), bytes.length, whole);
}

/** The data URI of that many bytes. */
function outsideText(prefix: string, base64: string, size: number, whole: () => unknown): OutsideText {
  const length = prefix.length + Math.ceil(size / 3) * 4;
  return new OutsideText((prefix + base64).slice(0, Math.min(length, MAX_INLINE_LEN)), length, whole);
}

/** Reads each `Blob` among the images of a request, for `inlineImages`. All of it takes at most `timeoutMs`. */
export async function readBlobs(request: unknown, timeoutMs: number, signal?: AbortSignal): Promise<BlobBytes> {
  const due = performance.now() + timeoutMs;
  const late = () => new Error("It was not read before the timeout.");
  const blobs = new Set<Blob>();
  mapImages(request, (image) => {
    if (isBlob(image)) blobs.add(image);
    return image;
  });
  const read = new Map<unknown, Uint8Array>();
  for (const blob of blobs) {
    try {
      const reading = (async () => blob.arrayBuffer())();
      read.set(blob, new Uint8Array(await within(reading, due - performance.now(), late, signal)));
    } catch (cause) {
      signal?.throwIfAborted();
      const message = "An image could not be read: see `cause`. Choose the file again.";
      throw invalidOption("image", "invalid_format", message, cause);
    }
  }
  return read;
}

/** The request with each of its images replaced. */
export function mapImages<T>(request: T, replace: (image: unknown) => unknown): T {
  return mapFields(request, IMAGE_FIELDS, replace);
}

function mapFields<T>(request: T, names: string[], replace: (value: unknown) => unknown): T {
  const replaceOne = (given: unknown) =>
    isObject(given) && "image" in given ? { ...given, image: replace(given.image) } : replace(given);
  const replaceAll = (given: unknown) =>
    Array.isArray(given) && given.length <= MAX_LIST_LENGTH ? given.map(replaceOne) : replaceOne(given);
  try {
    if (!isObject(request)) return request;
    const given = names.filter((field) => field in request);
    const fields = given.map((field) => [field, replaceAll(request[field])]);
    return given.length > 0 ? { ...request, ...Object.fromEntries(fields) } : request;
  } catch {
    // A getter or proxy threw. Validation reports the field.
    return request;
  }
}

/** The bytes of a typed array, a `DataView` or an `ArrayBuffer`, of this realm or another. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return tagOf(value) === "ArrayBuffer" ? new Uint8Array(value as ArrayBuffer) : undefined;
}

/** Whether an image is given as bytes. */
export const isBinary = (image: unknown): boolean => isBlob(image) || bytesOf(image) !== undefined;

function isBlob(value: unknown): value is Blob {
  return ["Blob", "File"].includes(tagOf(value));
}

/** A data URI whose header does not name the type of its image gets one that does, in the letters that all providers read. */
function typed(image: unknown): unknown {
  const [header] = (typeof image === "string" && HEADER.exec(image)) || [];
  if (header === undefined || (header.includes("image/") && header === header.toLowerCase())) return image;
  const base64 = (image as string).slice(header.length);
  const type = imageType(fromBase64(base64.slice(0, 16)));
  return type === BYTES ? image : `data:${type};base64,${base64}`;
}

function urlText(value: unknown): unknown {
  return tagOf(value) === "URL" ? String(value) : value;
}

/** A data URI as long as that of the blob, of its type as far as it is known. Results have the blob itself in its place. */
function standIn(blob: Blob): OutsideText {
  const { size, type } = blob;
  const name = (blob as { name?: unknown }).name;
  const isHeic = typeof name === "string" && HEIC_FILE.test(name);
  const known = /^(image|text|video|audio|application\/pdf)/.test(type) ? type.split(";")[0] : "image/jpeg";
  return outsideText(`data:${isHeic ? "image/heic" : known};base64,`, "A".repeat(MAX_INLINE_LEN), size, () => blob);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
