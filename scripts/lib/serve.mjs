// Serves the built page as a static host would, and tells it of a local simulator.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sirv from "sirv";
import { builtPage, pageHeaders } from "./page.mjs";
import { listen } from "./web-server.mjs";

/** It is built at most once in a process: a test opens many pages. */
let built;

/** Starts a server of it. `config`: the URLs of a local simulator and gateway, which the page then offers. */
export async function serve({ port = 0, config } = {}) {
  return listen(port, await pageListener(config));
}

/** The request listener of that server. */
export async function pageListener(config) {
  const folder = await (built ??= builtPage());
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const headers = pageHeaders(page);
  const files = sirv(folder, { dev: true });
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const [pathname] = request.url.split("?", 1);
    if (pathname === "/" || pathname === "/index.html") {
      response.setHeader("Content-Type", "text/html;charset=utf-8");
      response.end(config ? withConfig(page, config) : page);
      return;
    }
    files(request, response, () => response.writeHead(404).end("Not found"));
  };
}

/** The page reads it from here: a host without a simulator needs no file that is missing. */
function withConfig(page, config) {
  const content = JSON.stringify(config).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return page.replace("<title>", `<meta name="filmgate-local" content="${content}">\n    <title>`);
}
