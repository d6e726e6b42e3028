// Pages around the built package, bundled like an application and served under a content security policy.
import { createServer } from "node:http";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";

const DIST = join(root, "pkg", "dist");
const PAGES = join(root, "tests", "frontend", "pages");
const ENTRIES = {
  filmgate: "index.js",
  "filmgate/gateway": "gateway-client/index.js",
  "filmgate/react": "react/index.js",
  "filmgate/element": "element/index.js",
};
const alias = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(DIST, file)]));

/** The policy of a page with the full client, and of one with a gateway's, which compiles nothing. */
export const POLICY = {
  full: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src * data:; media-src *; connect-src *",
  gateway: "default-src 'none'; script-src 'self'; style-src 'self'; img-src * data:; media-src *; connect-src *",
};

/** Bundles `pages/<page>.js` with that client; `react` is the major version to use. */
export async function bundle(page, { client = "full", react = 19 } = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(PAGES, `${page}.js`)],
    ...{ bundle: true, format: "esm", platform: "browser", write: false, logLevel: "error" },
    alias: { ...alias, "test-client": join(PAGES, `client-${client}.js`) },
    nodePaths: [join(root, "tests", "frontend", `react-${react}`, "node_modules")],
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0].text;
}

/** Serves a bundle until the test ends; returns its origin. `session`: what `/session` answers. */
export async function serveBundle(t, text, { policy, html = '<div id="root"></div>', session = () => ({}) }) {
  const shell = () => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A video</title><link rel="icon" href="data:,"></head><body>${html}<script type="module" src="/page.js"></script></body></html>`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/session") return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(session()));
    const files = { "/": ["text/html", shell()], "/page.js": ["text/javascript", text] };
    const [type, body] = files[pathname] ?? [];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A profile whose pages report what goes wrong. */
export async function openProfile(t, settings) {
  const context = await openContext(t, settings);
  const problems = [];
  const open = async (url) => {
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(url);
    return page;
  };
  return { context, open, problems };
}
