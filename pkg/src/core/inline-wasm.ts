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

/**
 * The loop over all characters, as WebAssembly of 129 bytes: an engine runs JavaScript that it has not seen slowly, and this
 * takes half the time. inline-wasm.wat is its source.
 */
const DECODER =
  "AGFzbQEAAAABCAFgA39/fwF/AwIBAAUDAQAFBwkCAW0CAAFmAAAKWQFXAQJ/QYAEIQMDQCAALQAAIQQgAEEBaiEAIAQgAk8EQCAEIAJrQQFqQYABbCAALQAAaiEEIABBAWohAAsgAyAELQAAOgAAIANBAWohAyAAIAFJDQALIAML";
/** Where the text is in its memory: behind a page of ASCII for single characters, and one per prefix. */
const TEXT_AT = 512;
const ASCII = 128;
const MEMORY_PAGE_BYTES = 65_536;

interface Decoder {
  /** Its memory. */
  m: WebAssembly.Memory;
  /** Decodes what is between the two addresses in place. */
  f: (from: number, to: number, firstPrefix: number) => number;
}

/** Decodes the bytes. It takes a fifth of the first call's time. */
export function decodeWasm({ alphabet, frequent, length, text }: EncodedWasm): Uint8Array<ArrayBuffer> {
  const code = Uint8Array.from(atob(DECODER), (character) => character.charCodeAt(0));
  const { m, f } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Decoder;
  const missing = Math.ceil((TEXT_AT + text.length - m.buffer.byteLength) / MEMORY_PAGE_BYTES);
  if (missing > 0) m.grow(missing);
  const memory = new Uint8Array(m.buffer) as Uint8Array<ArrayBuffer>;
  const rare = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !frequent.includes(byte));
  [...frequent, ...rare].forEach((byte, at) => {
    const page = Math.floor(at / frequent.length);
    memory[ASCII * page + alphabet.charCodeAt(at % frequent.length)] = byte;
  });
  const { written } = new TextEncoder().encodeInto(text, memory.subarray(TEXT_AT));
  f(TEXT_AT, TEXT_AT + written, alphabet.charCodeAt(frequent.length));
  return memory.subarray(TEXT_AT, TEXT_AT + length);
}
