// Reads a body within a size and a time, whatever its head says of it.
import { refused } from "./errors.js";

/** Longer than this no client may take to send a body. */
const BODY_MS = 30_000;

/** The largest body of each kind, in bytes. */
export const LIMITS = {
  /** Pictures may come inside as data URIs. */
  json: 16_000_000,
  multipart: 12_000_000,
  /** A provider's webhook. */
  hook: 1_000_000,
  /** What has no picture. */
  small: 64_000,
} as const;

/** The body's bytes. Refuses one that is too large, by its head or while it comes in, or too slow. */
export async function bytesOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const told = request.headers.get("content-length");
  if (told !== null && Number(told) > limit) throw tooLarge(limit);
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  let timer: number | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), BODY_MS);
  });
  try {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return joined(pieces, length);
      length += value.length;
      if (length > limit) throw tooLarge(limit);
      pieces.push(value);
    }
  } catch (error) {
    // Nobody waits for what still comes.
    void reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A body of JSON, parsed. */
export async function jsonOf(request: Request, limit: number): Promise<unknown> {
  if (mediaTypeOf(request) !== "application/json") throw notJson();
  const bytes = await bytesOf(request, limit);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)) as unknown;
  } catch {
    throw refused("invalid_body", "The body is not JSON in UTF-8.");
  }
}

/** A body that is a form, parsed. */
export async function formOf(request: Request): Promise<FormData> {
  const bytes = await bytesOf(request, LIMITS.multipart);
  const type = request.headers.get("content-type") ?? "";
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw refused("invalid_body", "The body is not the form that its `content-type` says.");
  }
}

/** The body's type without its parameters, in lower case. */
export function mediaTypeOf(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

function joined(pieces: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const tooLarge = (limit: number) =>
  refused("body_too_large", `The body is larger than ${limit.toLocaleString("en")} bytes.`);

const tooSlow = () =>
  refused("body_too_slow", `The body took longer than ${BODY_MS / 1000} seconds to come in.`);

const notJson = () =>
  refused("unsupported_media_type", "Send the body as `content-type: application/json`.");
