// Images that clients send: recognized by their bytes, stored in R2 until the job has ended, and served to the provider.
import { toHex } from "../encoding.js";
import { apiError, notFound } from "../errors.js";
import { verifySigned } from "../signing.js";
import type { Call } from "./context.js";

const MAX_IMAGE_BYTES = 10_000_000;

/** An image that came with a request. */
export class ImageInput {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** `<sha256>.<ext>`: equal images have equal names. */
  readonly name: string;

  constructor(bytes: Uint8Array<ArrayBuffer>, type: string, name: string) {
    this.bytes = bytes;
    this.type = type;
    this.name = name;
  }
}

const TYPES = [
  { type: "image/png", ext: "png", is: (b: Uint8Array) => has(b, 0, PNG) },
  { type: "image/jpeg", ext: "jpg", is: (b: Uint8Array) => has(b, 0, [0xff, 0xd8, 0xff]) },
  { type: "image/webp", ext: "webp", is: (b: Uint8Array) => has(b, 0, RIFF) && has(b, 8, WEBP) },
] as const;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

/** Reads an image; `param` is the field that held it. */
export async function readImage(bytes: Uint8Array<ArrayBuffer>, param: string): Promise<ImageInput> {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw apiError("payload_too_large", "An image may have at most 10 MB.", { param });
  }
  const kind = TYPES.find(({ is }) => is(bytes));
  if (!kind) {
    throw apiError("invalid_image", "The image is not a PNG, JPEG or WebP. Convert it to one of these.", {
      param,
    });
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return new ImageInput(bytes, kind.type, `${toHex(digest)}.${kind.ext}`);
}

/** The image in a data URI or in bare Base64; `undefined` if the text is something else, such as a URL. */
export async function imageInText(text: string, param: string): Promise<ImageInput | undefined> {
  const base64 = /^data:[^,]*;base64,/i.test(text) ? text.slice(text.indexOf(",") + 1) : text;
  if (base64 === text && !isBareBase64(text)) return undefined;
  const bytes = fromBase64(base64);
  if (bytes) return readImage(bytes, param);
  throw apiError("invalid_image", "The image's Base64 is invalid.", { param });
}

/** Serves an image to the provider, at a signed URL that expires. */
export async function uploadedImage(c: Call): Promise<Response> {
  const jobId = c.req.param("jobId") ?? "";
  const name = c.req.param("name") ?? "";
  const type = typeOfName(name);
  const isAllowed = type && /^[0-9a-f]{64}$/.test(jobId) && (await verifySigned(c.env, c.req.url));
  const file = isAllowed ? await c.env.VIDEO_BUCKET.get(`uploads/${jobId}/${name}`) : null;
  // A deleted image and one that never existed look the same.
  if (!type || !file) throw notFound();
  return new Response(file.body, {
    headers: {
      "content-type": type,
      "content-length": String(file.size),
      "content-disposition": "attachment",
      "cache-control": "private, no-store",
      etag: file.httpEtag,
    },
  });
}

function typeOfName(name: string): string | undefined {
  const ext = /^[0-9a-f]{64}\.([a-z]+)$/.exec(name)?.[1];
  return TYPES.find((kind) => kind.ext === ext)?.type;
}

/** Longer than any word, id or UUID, and without the colon that every URL has. */
function isBareBase64(text: string): boolean {
  return text.length > 64 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}

function has(bytes: Uint8Array, at: number, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[at + i] === byte);
}
