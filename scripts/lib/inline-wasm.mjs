// Bytes as letters of ASCII, for a module that travels inside a script. The bytes that are frequent are one
// letter each, the others two, so that a compressor finds in the letters what it finds in the bytes: Base64,
// which shifts them against each other, costs three tenths more. pkg/src/core/inline-wasm.ts reads them.

// None that any writer of JavaScript or HTML escapes.
const ALONE = " !#%()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|";
// These come last in ASCII, by which they are told.
const FIRST = "}~";

/** The letters of bytes, and what it takes to read them: `{ alphabet, often, length, text }`. */
export function toLetters(bytes) {
  const count = new Uint32Array(256);
  for (const byte of bytes) count[byte] += 1;
  const ranked = [...count.keys()].sort((a, b) => count[b] - count[a] || a - b);
  const often = ranked.slice(0, ALONE.length).sort((a, b) => a - b);
  const seldom = ranked.slice(ALONE.length).sort((a, b) => a - b);
  const letters = new Array(256);
  often.forEach((byte, at) => (letters[byte] = ALONE[at]));
  seldom.forEach((byte, at) => {
    letters[byte] = FIRST[Math.floor(at / ALONE.length)] + ALONE[at % ALONE.length];
  });
  const text = Array.from(bytes, (byte) => letters[byte]).join("");
  return { alphabet: ALONE + FIRST, often, length: bytes.length, text };
}
