/** Bytes encoded as ASCII characters by scripts/lib/inline-wasm.mjs. */
export interface EncodedWasm {
  /** The bytes that take one character, as a bit each, in hexadecimal digits. All others take a prefix and a character. */
  readonly frequent: string;
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
/** Of the printable characters, those that a script or HTML may escape are not used. */
const [FIRST, END, UNUSED] = [0x20, 0x7f, "\"$&'<\\`"];
/** The last ones are prefixes. */
const PREFIXES = 2;
const MEMORY_PAGE_BYTES = 65_536;

interface Decoder {
  /** Its memory. */
  m: WebAssembly.Memory;
  /** Decodes what is between the two addresses in place. */
  f: (from: number, to: number, firstPrefix: number) => number;
}

/** Decodes the bytes. It takes a fifth of the first call's time. */
export function decodeWasm({ frequent, length, text }: EncodedWasm): Uint8Array<ArrayBuffer> {
  const code = Uint8Array.from(atob(DECODER), (character) => character.charCodeAt(0));
  const { m, f } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Decoder;
  const missing = Math.ceil((TEXT_AT + text.length - m.buffer.byteLength) / MEMORY_PAGE_BYTES);
  if (missing > 0) m.grow(missing);
  const memory = new Uint8Array(m.buffer) as Uint8Array<ArrayBuffer>;
  const codes: number[] = [];
  for (let code = FIRST; code < END; code++) {
    if (!UNUSED.includes(String.fromCharCode(code))) codes.push(code);
  }
  const singles = codes.length - PREFIXES;
  let [common, rare] = [0, singles];
  for (let byte = 0; byte < 256; byte++) {
    const isFrequent = (parseInt(frequent[byte >> 2]!, 16) >> (byte & 3)) & 1;
    const at = isFrequent ? common++ : rare++;
    memory[ASCII * Math.floor(at / singles) + codes[at % singles]!] = byte;
  }
  const { written } = new TextEncoder().encodeInto(text, memory.subarray(TEXT_AT));
  f(TEXT_AT, TEXT_AT + written, codes[singles]!);
  return memory.subarray(TEXT_AT, TEXT_AT + length);
}
