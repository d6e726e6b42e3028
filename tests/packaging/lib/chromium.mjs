// A user's page in Chromium: what it reports, and what it loads.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import sirv from "sirv";
import { BROWSER, TIMEOUT_MS } from "../../chromium.mjs";

const CODE = /javascript|wasm/;
/** A host on this machine that the browser does not know to be one. */
export const DISTANT_HOST = "proxy.test";
const ARGS = [...BROWSER.args, `--host-resolver-rules=MAP ${DISTANT_HOST} localhost`];

/** Serves a folder as a static host does. Returns its URL. */
export async function hosted(t, folder) {
  const files = sirv(folder, { dev: true });
  const missing = (response) => response.writeHead(404).end("Not found");
  const server = createServer((request, response) =>
    files(request, response, () => missing(response)),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * Opens a URL. Returns the page's report and the code that it loaded. With `mayBreak`, its servers have certificates
 * of their own and may drop connections.
 */
export async function visit(t, origin, query, { mayBreak = false } = {}) {
  const browser = await chromium.launch({ ...BROWSER, args: ARGS });
  t.after(() => browser.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: mayBreak });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const loads = [];
  page.on("response", (response) => {
    if (CODE.test(response.headers()["content-type"] ?? "")) loads.push(response.body());
  });
  await page.goto(`${origin}/?${new URLSearchParams(query)}`);
  const place = page.locator("#report:not(:empty)");
  await place.waitFor({ timeout: TIMEOUT_MS }).catch((error) => {
    throw new Error([...complaints, error.message].join("\n"));
  });
  if (complaints.length > 0 && !mayBreak) throw new Error(complaints.join("\n"));
  return { report: JSON.parse(await place.textContent()), loaded: await Promise.all(loads) };
}
