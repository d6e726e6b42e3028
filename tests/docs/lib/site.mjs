// The site as `npm run site` writes it, built once for all tests, and served below a folder of a host.
import { createServer } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { digest, ifStale } from "../../../scripts/lib/build-cache.mjs";
import { withLock } from "../../../scripts/lib/file-lock.mjs";
import { buildPage, pageHeaders } from "../../../scripts/lib/page.mjs";
import { root } from "../../../scripts/lib/run.mjs";
import { npmPackages } from "../../../scripts/lib/tools.mjs";
import { readFileSync } from "node:fs";

const FOLDER = "target/site";
export const REPOSITORY = "https://github.com/example/filmgate";
const SOURCES = ["docs", "www", "scripts/site", "scripts/lib/page.mjs", "tests/docs/lib/api.mjs", "pkg/dist"];
const BESIDE_CODE = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "worker/README.md", "simulator/README.md"];

/** Builds the site if something has changed; returns its folder. The package must be built. */
export async function builtSite() {
  const folder = join(root, FOLDER);
  await withLock(async () => {
    await npmPackages("scripts/site");
    await ifStale("site", digest([...SOURCES, ...BESIDE_CODE]), [`${FOLDER}/llms.txt`], async () => {
      const { writeDocumentation } = await import("../../../scripts/site/build.mjs");
      const options = { repository: REPOSITORY };
      await buildPage(folder, { ...options, docs: "docs/" });
      await writeDocumentation(folder, options);
    });
  });
  return folder;
}

/** Serves it at `/guides/`, with the headers of its file `_headers`; returns that URL. */
export async function servedSite(t) {
  const folder = await builtSite();
  const headers = pageHeaders(readFileSync(join(folder, "index.html"), "utf8"));
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const missing = () => response.writeHead(404).end("Not found");
    if (!request.url.startsWith("/guides/")) return missing();
    request.url = request.url.slice("/guides".length);
    return files(request, response, missing);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/guides/`;
}
