/** Bytes as letters, as scripts/lib/inline-wasm.mjs writes them. */
export interface Letters {
  /** Each letter at its place; those beyond the bytes that are frequent begin a pair. */
  readonly alphabet: string;
  /** The bytes that are one letter; all others are two. Both in order. */
  readonly often: readonly number[];
  /** How many bytes there are. */
  readonly length: number;
  readonly text: string;
}

/** The bytes. It is most of a first call: in place, and without a step that an engine would be slow at. */
export function fromLetters({ alphabet, often, length, text }: Letters): Uint8Array<ArrayBuffer> {
  const seldom = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !often.includes(byte));
  // A page of ASCII for letters alone, and one for each letter that begins a pair: these come last in ASCII.
  const meant = new Uint8Array(3 * 128);
  const begins = alphabet.charCodeAt(often.length);
  [...often, ...seldom].forEach((byte, at) => {
    const page = Math.floor(at / often.length);
    meant[128 * page + alphabet.charCodeAt(at % often.length)] = byte;
  });
  const bytes = new TextEncoder().encode(text);
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    let letter = bytes[at]!;
    if (letter >= begins) letter = 128 * (letter - begins + 1) + bytes[++at]!;
    bytes[end++] = meant[letter]!;
  }
  return bytes.subarray(0, length);
}
