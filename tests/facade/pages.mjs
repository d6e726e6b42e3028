// Pages of a user's own site in Chromium, with the package at hand.
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";

const BROWSER = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
};

let server, origin, browser;

/** Starts the site and the browser for the tests of a file. */
export function usePages() {
  before(async () => {
    server = await serveAsUser();
    origin = `http://127.0.0.1:${server.address().port}`;
    browser = await chromium.launch(BROWSER);
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });
}

/** The package and the fixtures at one origin, as a user's own site would have them. */
async function serveAsUser() {
  const [fixtures, www] = ["tests/facade/fixtures", "www"].map((folder) =>
    sirv(join(root, folder), { dev: true }),
  );
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end("Not found");
    fixtures(request, response, () => www(request, response, missing));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A browser's profile, empty. */
export async function profile(t) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  t.after(() => context.close());
  context.setDefaultTimeout(40_000);
  return context;
}

/** A page of that profile, which has nothing of ours in it yet. */
export async function pageOf(context) {
  const page = await context.newPage();
  await page.goto(`${origin}/blank.html`);
  return page;
}
