// Pages of a user's own site in Chromium, which serves the package.
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before } from "node:test";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";

let server, origin;

/** Starts the site for the tests of a file. */
export function usePages() {
  before(async () => {
    server = await serveAsUser();
    origin = `http://127.0.0.1:${server.address().port}`;
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
  });
}

/** The package and the fixtures at one origin, as a user's own site would have them. */
async function serveAsUser() {
  const [fixtures, pkg] = ["tests/client/fixtures", "pkg"].map((folder) =>
    sirv(join(root, folder), { dev: true }),
  );
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end("Not found");
    fixtures(request, response, () => pkg(request, response, missing));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A browser's profile, empty. */
export const profile = (t) => openContext(t, { ignoreHTTPSErrors: true });

/** A page of that profile, which has nothing of ours in it yet. */
export async function pageOf(context) {
  const page = await context.newPage();
  await page.goto(`${origin}/blank.html`);
  return page;
}
