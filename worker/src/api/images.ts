// Images that clients send: judged by their bytes, stored in R2 until the job has ended, and served to the provider.
import { toHex } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import { apiError, notFound } from "../errors.js";
import { verifySigned } from "../signing.js";
import { ByteBlocks } from "./byte-blocks.js";
import type { Call } from "./context.js";
import { readImageHeader } from "./image-header.js";
import { HeldImage } from "./json-body.js";

const MAX_IMAGE_BYTES = 10_000_000;
/** Each side, in pixels. No provider takes more, and decoders refuse more. */
const MAX_SIDE = 16_384;
/** Width times height: a small file can unfold to gigabytes. */
const MAX_PIXELS = 100_000_000;

/** An image that came with a request. */
export class UploadedImage {
  readonly blocks: ByteBlocks;
  readonly type: string;
  /** `<sha256>.<ext>`: equal images have equal names. */
  readonly name: string;

  constructor(blocks: ByteBlocks, type: string, name: string) {
    this.blocks = blocks;
    this.type = type;
    this.name = name;
  }
}

const EXTENSIONS = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpg"],
  ["image/webp", "webp"],
]);

/** Judges an image; `param` is the field that held it. */
export async function readImage({ blocks }: HeldImage, param: string): Promise<UploadedImage> {
  if (blocks.size > MAX_IMAGE_BYTES) {
    throw apiError("payload_too_large", "An image may have at most 10 MB.", { param });
  }
  const header = readImageHeader(blocks);
  if (!header) {
    throw invalidImage("The image is not a PNG, JPEG or WebP. Convert it to one of these.", param);
  }
  if (header === "incomplete") {
    throw invalidImage("The image is damaged, or its end is missing. Send the whole file.", param);
  }
  const { type, width, height } = header;
  if (Math.min(width, height) < 1 || Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) {
    const max = `${MAX_SIDE.toLocaleString("en")} pixels a side and ${MAX_PIXELS / 1e6} megapixels`;
    throw invalidImage(`The image has ${width} × ${height} pixels. Send one of at most ${max}.`, param);
  }
  const digest = new Uint8Array(await sha256(blocks));
  return new UploadedImage(blocks, type, `${toHex(digest)}.${EXTENSIONS.get(type)}`);
}

/** The image in a text: a data URI or bare Base64; `undefined` if the text is something else, such as a URL. */
export async function imageInText(text: string, param: string): Promise<UploadedImage | undefined> {
  const base64 = /^data:[^,]*;base64,/i.test(text) ? text.slice(text.indexOf(",") + 1) : text;
  if (base64 === text && !isBareBase64(text)) return undefined;
  const bytes = decodeBase64(base64);
  if (!bytes) throw invalidImage("The image's Base64 is invalid.", param);
  const blocks = new ByteBlocks();
  blocks.append(bytes);
  return readImage(new HeldImage(blocks), param);
}

const invalidImage = (message: string, param: string) => apiError("invalid_image", message, { param });

async function sha256(blocks: ByteBlocks): Promise<ArrayBuffer> {
  const stream = new crypto.DigestStream("SHA-256");
  await writeBlocks(stream, blocks);
  return stream.digest;
}

/** Stores an image and frees its memory. A stream would leave a copy of each chunk to garbage collection. */
export async function storeImage(env: Env, key: string, { blocks, type }: UploadedImage): Promise<void> {
  const bytes = blocks.join();
  try {
    await env.VIDEO_BUCKET.put(key, bytes, { httpMetadata: { contentType: type } });
  } finally {
    bytes.buffer.transfer(0);
  }
}

async function writeBlocks(stream: WritableStream<Uint8Array>, blocks: ByteBlocks): Promise<void> {
  const writer = stream.getWriter();
  for (const piece of blocks.pieces()) await writer.write(piece);
  await writer.close();
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
