// The packaging tests' page with an import map, in Firefox: its package is the one that is built here.
import { createServer } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "./firefox.mjs";

const PACKAGE = "/node_modules/filmgate";
const PROJECTS = join(root, "tests", "packaging");

/**
 * Opens the page with what it is to do in its URL, and returns its report. With `mayBreak`, its servers have certificates of
 * their own and may drop connections.
 */
export async function visit(t, query, { mayBreak = false } = {}) {
  const context = await openContext(t, { ignoreHTTPSErrors: mayBreak });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${await serve(t)}/?${new URLSearchParams(query)}`);
  const report = page.locator("#report:not(:empty)");
  await report.waitFor().catch((error) => {
    throw new Error([...errors, error.message].join("\n"));
  });
  if (errors.length > 0 && !mayBreak) throw new Error(errors.join("\n"));
  return JSON.parse(await report.textContent());
}

async function serve(t) {
  const ofPackage = sirv(join(root, "pkg"), { dev: true });
  const ofProject = sirv(join(PROJECTS, "import-map"), { dev: true });
  const common = sirv(PROJECTS, { dev: true });
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end("Not found");
    if (request.url.startsWith("/common/")) return common(request, response, missing);
    if (!request.url.startsWith(`${PACKAGE}/`)) return ofProject(request, response, missing);
    request.url = request.url.slice(PACKAGE.length);
    return ofPackage(request, response, missing);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
