// Images that clients send: recognized by their bytes, stored in R2 until the job has ended, and served to the provider.
import { toHex } from "../../../pkg/dist/util/encoding.js";
import { imageType } from "../../../pkg/dist/util/images.js";
import { apiError, notFound } from "../errors.js";
import { verifySigned } from "../signing.js";
import type { Call } from "./context.js";

const MAX_IMAGE_BYTES = 10_000_000;

/** An image that came with a request. */
export class UploadedImage {
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

const EXTENSIONS = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpg"],
  ["image/webp", "webp"],
]);

/** Reads an image; `param` is the field that held it. */
export async function readImage(bytes: Uint8Array<ArrayBuffer>, param: string): Promise<UploadedImage> {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw apiError("payload_too_large", "An image may have at most 10 MB.", { param });
  }
  const type = imageType(bytes);
  const ext = EXTENSIONS.get(type);
  if (!ext) {
    throw apiError("invalid_image", "The image is not a PNG, JPEG or WebP. Convert it to one of these.", {
      param,
    });
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return new UploadedImage(bytes, type, `${toHex(digest)}.${ext}`);
}

/** The image in a data URI or in bare Base64; `undefined` if the text is something else, such as a URL. */
export async function imageInText(text: string, param: string): Promise<UploadedImage | undefined> {
  const base64 = /^data:[^,]*;base64,/i.test(text) ? text.slice(text.indexOf(",") + 1) : text;
  if (base64 === text && !isBareBase64(text)) return undefined;
  const bytes = decodeBase64(base64);
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
  return [...EXTENSIONS].find(([, known]) => known === ext)?.[0];
}

/** Longer than any word, id or UUID, and without the colon that every URL has. */
function isBareBase64(text: string): boolean {
  return text.length > 64 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
