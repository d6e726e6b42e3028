// Text as Base64 for URLs, compressed if that is shorter and the browser can.

const MAX_CHUNK_BYTES = 8_192;

/** `d` (deflate) or `t` (text), and Base64 for URLs. */
export async function pack(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const packed = await through(bytes, () => new CompressionStream("deflate-raw"), Infinity).catch(() => undefined);
  return packed && packed.length < bytes.length ? `d${base64Url(packed)}` : `t${base64Url(bytes)}`;
}

/**
 * The text again.
 *
 * @throws if it is not what `pack` returns, or longer than `maxBytes` as UTF-8
 */
export async function unpack(packed: string, maxBytes: number): Promise<string> {
  const bytes = fromBase64Url(packed.slice(1));
  const plain =
    packed[0] === "d" ? await through(bytes, () => new DecompressionStream("deflate-raw"), maxBytes) : bytes;
  if (packed[0] !== "d" && packed[0] !== "t") throw new TypeError("The encoding is not known.");
  if (plain.length > maxBytes) throw new RangeError("It is too long.");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
}

/** The bytes behind a transform. It stops at `maxBytes`: a short text may expand to gigabytes. */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  makeTransform: () => ReadableWritablePair<Uint8Array, BufferSource>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(makeTransform()).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    length += next.value.length;
    if (length <= maxBytes) continue;
    void reader.cancel().catch(() => {});
    throw new RangeError("It is too long.");
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function base64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + MAX_CHUNK_BYTES));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new TypeError("It is not Base64 for URLs.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
