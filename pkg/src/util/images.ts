import { toBase64 } from "./encoding.js";

const IMAGE_FIELDS = ["image", "lastFrameImage", "referenceImages"] as const;
/** A longer list is passed on unchanged, and rejected by validation. A sparse list can be arbitrarily long. */
const MAX_LIST_LENGTH = 100;

const SIGNATURES: [type: string, pattern: RegExp][] = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
];
const SIGNATURE_BYTES = 12;

/** The media type of an image, by its first bytes. */
export function imageType(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, SIGNATURE_BYTES));
  return SIGNATURES.find(([, pattern]) => pattern.test(start))?.[0] ?? "application/octet-stream";
}

/** The request with images that are given as bytes converted to data URIs. */
export function inlineImages<T>(request: T): T {
  return mapImages(request, (image) =>
    image instanceof Uint8Array ? `data:${imageType(image)};base64,${toBase64(image)}` : image,
  );
}

/** The request with each of its images replaced. */
export function mapImages<T>(request: T, replace: (image: unknown) => unknown): T {
  const replaceOne = (given: unknown) =>
    isObject(given) && "image" in given ? { ...given, image: replace(given.image) } : replace(given);
  const replaceAll = (given: unknown) =>
    Array.isArray(given) && given.length <= MAX_LIST_LENGTH ? given.map(replaceOne) : replaceOne(given);
  try {
    if (!isObject(request)) return request;
    const given = IMAGE_FIELDS.filter((field) => field in request);
    const fields = given.map((field) => [field, replaceAll(request[field])]);
    return given.length > 0 ? { ...request, ...Object.fromEntries(fields) } : request;
  } catch {
    // A getter or proxy threw. Validation reports the field.
    return request;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
