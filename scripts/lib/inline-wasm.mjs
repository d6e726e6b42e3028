// Encodes bytes as ASCII characters, for a module inside a script. Frequent bytes become one character each, others
// two, so that a compressor finds the same repetitions as in the bytes: Base64 misaligns them and costs 30 % more.
// pkg/src/core/inline-wasm.ts decodes them.

// Characters that need no escape in JavaScript or HTML.
const SINGLE = " !#%()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|";
// They sort after all others in ASCII, which identifies them.
const PREFIXES = "}~";

/** The encoded bytes and what decodes them: `{ frequent, length, text }`. */
export function encodeWasm(bytes) {
  const count = new Uint32Array(256);
  for (const byte of bytes) count[byte] += 1;
  const ranked = [...count.keys()].sort((a, b) => count[b] - count[a] || a - b);
  const frequent = ranked.slice(0, SINGLE.length).sort((a, b) => a - b);
  const rare = ranked.slice(SINGLE.length).sort((a, b) => a - b);
  const codes = new Array(256);
  frequent.forEach((byte, at) => (codes[byte] = SINGLE[at]));
  rare.forEach((byte, at) => {
    codes[byte] = PREFIXES[Math.floor(at / SINGLE.length)] + SINGLE[at % SINGLE.length];
  });
  const text = Array.from(bytes, (byte) => codes[byte]).join("");
  const isFrequent = (byte) => Number(frequent.includes(byte));
  // A digit has the bits of four bytes, the first one's lowest.
  const digit = (_, at) => [3, 2, 1, 0].reduce((bits, next) => 2 * bits + isFrequent(4 * at + next), 0).toString(16);
  return { frequent: Array.from({ length: 64 }, digit).join(""), length: bytes.length, text };
}
