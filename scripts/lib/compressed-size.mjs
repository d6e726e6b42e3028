// What bytes weigh on their way to a browser: as they are, and in the two encodings of the web.
import { brotliCompressSync, gzipSync } from "node:zlib";

/** As `{ raw, gzip, brotli }`, each compressed as small as its format goes. */
export function weigh(bytes) {
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}
