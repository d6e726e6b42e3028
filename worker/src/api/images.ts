// Pictures that clients send along: told by their bytes, kept in R2 until the job has ended.
import { toHex } from "../encoding.js";
import { refused } from "./errors.js";

/** The most that one picture may have, in bytes. */
const LARGEST = 10_000_000;

/** A picture that came with an order. */
export class ImageInput {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** `<sha256>.<ext>`: equal pictures, equal names. */
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

/** Reads a picture; `param` is where the client gave it. */
export async function pictureOf(
  bytes: Uint8Array<ArrayBuffer>,
  param: string,
): Promise<ImageInput> {
  if (bytes.length > LARGEST) {
    throw refused("payload_too_large", "A picture may have 10 MB at most.", { param });
  }
  const kind = TYPES.find(({ is }) => is(bytes));
  if (!kind) {
    const message = "The picture's bytes are no PNG, JPEG or WebP: send it as one of these.";
    throw refused("invalid_image", message, { param });
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return new ImageInput(bytes, kind.type, `${toHex(digest)}.${kind.ext}`);
}

/**
 * The picture that a text holds, as a data URI or as bare Base64; `undefined` where it is something else, such as an
 * address.
 */
export async function pictureInText(text: string, param: string): Promise<ImageInput | undefined> {
  const base64 = /^data:[^,]*;base64,/i.test(text) ? text.slice(text.indexOf(",") + 1) : text;
  if (base64 === text && !isBareBase64(text)) return undefined;
  const bytes = fromBase64(base64);
  if (bytes) return pictureOf(bytes, param);
  throw refused("invalid_image", "The picture's Base64 is damaged.", { param });
}

/** The type that a kept picture is served as. */
export function typeOfName(name: string): string | undefined {
  const ext = /^[0-9a-f]{64}\.([a-z]+)$/.exec(name)?.[1];
  return TYPES.find((kind) => kind.ext === ext)?.type;
}

/** Longer than any word, id or UUID, and without the colon that every address has. */
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
