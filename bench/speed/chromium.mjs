// The same measurements in Chromium: bundles from a local server, each page in its own profile, so that
// no compiled code is cached.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { bundleFiles } from "../size/bundle.mjs";

// A cross-origin isolated page reads the clock to five microseconds.
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
};
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--js-flags=--expose-gc"];

/** As `{ name, version, first(name), loops(options), close() }`. */
export async function openChromium(programs, executablePath) {
  const files = await bundleFiles([programs.page, programs.loops]);
  const server = await serve(files);
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({ executablePath, args: FLAGS });

  const inPage = async (work, argument) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(origin);
      return await page.evaluate(work, argument);
    } finally {
      await context.close();
    }
  };
  return {
    name: "Chromium",
    version: browser.version(),
    first: (name) => inPage(firstInPage, name),
    loops: (options) => inPage(loopsInPage, options),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

// These two run in the page.
const firstInPage = async (name) => (await import("/page.js")).first(name);
const loopsInPage = async (options) => (await import("/loops.js")).loops(options);

async function serve(files) {
  const server = createServer(({ url }, response) => {
    const text = files.get(url);
    const type = text ? "text/javascript" : "text/html";
    response.writeHead(200, { ...HEADERS, "content-type": type });
    response.end(text ?? "<!doctype html><title>bench</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
