// The built page as a static host serves it: compressed, hashed files kept for a year, and isolated, so that a page may measure
// its memory.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sirv from "sirv";

const IS_COMPRESSED = /\.(png|webp)$/;
const HEADERS = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

export async function serveCompressed(folder) {
  const copy = mkdtempSync(join(tmpdir(), "filmgate-page-"));
  cpSync(folder, copy, { recursive: true });
  for (const name of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || IS_COMPRESSED.test(name.name)) continue;
    const path = join(name.parentPath, name.name);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  }
  const setHeaders = (response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  };
  const files = sirv(copy, { gzip: true, maxAge: 31_536_000, immutable: true, setHeaders });
  const server = createServer((request, response) => files(request, response, () => response.writeHead(404).end()));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      rmSync(copy, { recursive: true, force: true });
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
