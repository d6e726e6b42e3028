// Serves www/ as a static host would, plus `/config.json` with the URLs of a local simulator.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { LOOPBACK, originOf } from "./port.mjs";
import { root } from "./run.mjs";

/** Starts the server. `config` is the content of `/config.json`; without it, the file does not exist. */
export async function serve({ port = 0, config } = {}) {
  const folder = join(root, "www");
  const headers = pageHeaders(folder);
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (config && request.url === "/config.json") {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(config));
      return;
    }
    files(request, response, () => response.writeHead(404).end("Not found"));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: originOf(server.address().port), close };
}

/** The page's own policy as a header, with the one directive that a `<meta>` element cannot set. */
function pageHeaders(folder) {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const [meta] = page.match(/<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>/i) ?? [];
  const policy = meta?.match(/content="([^"]*)"/i)?.[1];
  if (!policy) throw new Error("www/index.html has no Content-Security-Policy");
  return {
    "Content-Security-Policy": `${policy.trim().replace(/;$/, "")}; frame-ancestors 'none'`,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}
