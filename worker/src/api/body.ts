// Reads a body within a size and a time, whatever its head says of it.
import { Refused, refused } from "./errors.js";

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

/** The body's bytes. */
export async function bytesOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(request, limit)) pieces.push(piece);
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A body of JSON, parsed. */
export async function jsonOf(request: Request, limit: number): Promise<unknown> {
  if (mediaTypeOf(request) !== "application/json") throw notJson();
  // A text as it comes: the bytes of a large body are not kept beside it.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  try {
    for await (const piece of piecesOf(request, limit)) {
      text += decoder.decode(piece, { stream: true });
    }
    return JSON.parse(text + decoder.decode()) as unknown;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw refused("invalid_request_body", "The body is not JSON in UTF-8.");
  }
}

/** Of a body beyond its limit so many times that is heard out: who is answered while sending may never read why. */
const HEARD_OUT = 2;

/** The body as it comes in, within its limit. Refuses one that is too large, or too slow. */
async function* piecesOf(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const told = Number(request.headers.get("content-length") ?? 0);
  if (told > limit * HEARD_OUT) throw tooLarge(limit);
  if (!request.body) return;
  const reader = request.body.getReader();
  let timer: number | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), BODY_MS);
  });
  try {
    let length = 0;
    const isTooLarge = () => Math.max(told, length) > limit;
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done && !isTooLarge()) return;
      if (done || length > limit * HEARD_OUT) throw tooLarge(limit);
      length += value.length;
      if (!isTooLarge()) yield value;
    }
  } finally {
    clearTimeout(timer);
    // Where it has not come to its end, nobody waits for the rest.
    void reader.cancel().catch(() => undefined);
  }
}

/** A body that is a form, parsed. */
export async function formOf(request: Request): Promise<FormData> {
  const bytes = await bytesOf(request, LIMITS.multipart);
  const type = request.headers.get("content-type") ?? "";
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw refused("invalid_request_body", "The body is not the form that its `content-type` says.");
  }
}

/** The body's type without its parameters, in lower case. */
export function mediaTypeOf(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

const tooLarge = (limit: number) =>
  refused("payload_too_large", `The body is larger than ${limit.toLocaleString("en")} bytes.`);

const tooSlow = () =>
  refused("request_timeout", `The body took longer than ${BODY_MS / 1000} seconds to come in.`);

const notJson = () =>
  refused("unsupported_media_type", "Send the body as `content-type: application/json`.");
