/** Bytes encoded as ASCII characters by scripts/lib/inline-wasm.mjs. */
export interface EncodedWasm {
  /** The characters in order of their values. Those after the first `frequent.length` are prefixes. */
  readonly alphabet: string;
  /** The bytes that take one character, in order. All others take a prefix and a character. */
  readonly frequent: readonly number[];
  /** Number of bytes. */
  readonly length: number;
  readonly text: string;
}

/** Decodes in place, without slow engine paths: it takes most of the first call's time. */
export function decodeWasm({ alphabet, frequent, length, text }: EncodedWasm): Uint8Array<ArrayBuffer> {
  const rare = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !frequent.includes(byte));
  // One page of ASCII for single characters, and one per prefix. Prefixes are last in ASCII.
  const byteOf = new Uint8Array(3 * 128);
  const firstPrefix = alphabet.charCodeAt(frequent.length);
  [...frequent, ...rare].forEach((byte, at) => {
    const page = Math.floor(at / frequent.length);
    byteOf[128 * page + alphabet.charCodeAt(at % frequent.length)] = byte;
  });
  const bytes = new TextEncoder().encode(text);
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    let code = bytes[at]!;
    if (code >= firstPrefix) code = 128 * (code - firstPrefix + 1) + bytes[++at]!;
    bytes[end++] = byteOf[code]!;
  }
  return bytes.subarray(0, length);
}
