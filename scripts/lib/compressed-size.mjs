// The size of bytes in transit: raw, gzip and brotli.
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Returns `{ raw, gzip, brotli }`, each at its highest compression. */
export function weigh(bytes) {
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}
