// How the page loads: little, without a jump, at any path, and with words for what a browser or a host lacks.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import sirv from "sirv";
import { builtPage } from "../../scripts/lib/page.mjs";
import { openContext } from "../browser.mjs";
import { openPage, ready } from "./support.mjs";

const MAX_REQUESTS = 20;
const MAX_BYTES = 200_000;
const MAX_SHIFT = 0.01;

/** The built page under a path, as a static host serves it; `missing` are files that it lacks. */
async function serveAt(t, path, { missing } = {}) {
  const files = sirv(await builtPage(), { dev: true });
  const server = createServer((request, response) => {
    const notFound = () => response.writeHead(404).end("Not found");
    if (!request.url.startsWith(path) || missing?.test(request.url)) return notFound();
    request.url = request.url.slice(path.length) || "/";
    return files(request, response, notFound);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}${path}`;
}

async function blankPage(t, settings) {
  const context = await openContext(t, settings);
  return context.newPage();
}

test("the form is usable after at most 20 requests and 200 kB, and nothing moves", async (t) => {
  const folder = await builtPage();
  const origin = await serveAt(t, "");
  const page = await blankPage(t);
  const requested = [];
  // A blob is in the page itself.
  page.on("request", (request) => request.url().startsWith("blob:") || requested.push(new URL(request.url()).pathname));
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(origin);
  await page.locator("html[data-ready] #prompt").waitFor();
  const files = requested.filter((path) => !path.endsWith(".wasm"));
  const before = [...new Set(files)].map((path) => (path === "/" ? "/index.html" : path));
  const bytes = before.map((path) => gzipSync(readFileSync(join(folder, path))).length);
  const total = bytes.reduce((sum, each) => sum + each, 0);
  t.diagnostic(`${before.length} requests, ${total} bytes`);
  assert.ok(before.length <= MAX_REQUESTS, before.join(" "));
  assert.ok(total <= MAX_BYTES, `${total} bytes`);
  await ready(page);
  await page.waitForTimeout(500);
  const shift = await page.evaluate(() => window.shift);
  assert.ok(shift < MAX_SHIFT, `layout shift ${shift}`);
});

test("what the script imports is requested beside it, not after it", async (t) => {
  const assets = join(await builtPage(), "assets");
  const entry = readFileSync(join(assets, readdirSync(assets).find((name) => /^main-.*\.js$/.test(name))), "utf8");
  const imports = [...entry.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => name);
  assert.ok(imports.length > 0);
  // What follows the form is drawn directly after it.
  imports.push(readdirSync(assets).find((name) => /^zones-.*\.js$/.test(name)));
  const page = await blankPage(t);
  const missing = new Set(imports);
  const allRequested = new Promise((resolve) => {
    page.on("request", (request) => {
      missing.delete(request.url().split("/").at(-1));
      if (missing.size === 0) resolve();
    });
  });
  await page.route(/\/main-.*\.js$/, async (route) => {
    await allRequested;
    await route.continue();
  });
  await page.goto(await serveAt(t, ""));
  await ready(page);
});

// How long it takes: `npm run bench:page`.
test("the first video plays after a cold load over Fast 4G, without a key", async (t) => {
  const origin = await serveAt(t, "");
  const page = await blankPage(t);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const speed = { latency: 60, downloadThroughput: 1_012_500, uploadThroughput: 337_500 };
  await session.send("Network.emulateNetworkConditions", { offline: false, ...speed });
  await page.goto(origin);
  await page.getByRole("button", { name: /^Lighthouse/ }).click();
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await page.waitForFunction(() => document.querySelector(".job video")?.currentTime > 0);
});

for (const path of ["/demo/", "/demo", "/a/deep/path/index.html"]) {
  test(`it works at ${path}`, async (t) => {
    const origin = await serveAt(t, path.startsWith("/demo") ? "/demo" : "/a/deep/path");
    const page = await blankPage(t);
    await page.goto(new URL(path, origin).href);
    await ready(page);
    await page.locator("#prompt").fill("A fox in the snow");
    await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  });
}

test("a script that does not arrive is said", async (t) => {
  const page = await blankPage(t);
  await page.goto(await serveAt(t, "", { missing: /main-.*\.js/ }));
  await page.getByRole("alert").getByText("A part of the page could not be loaded.").waitFor();
});

test("without filmgate's module the form keeps what is typed, says so, and tries again", async (t) => {
  const page = await blankPage(t);
  const missing = { test: (url) => missing.isOn && /filmgate-.*\.wasm/.test(url), isOn: true };
  await page.goto(await serveAt(t, "", { missing }));
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByText("filmgate could not be loaded").waitFor();
  assert.match(await page.locator(".offer-price").textContent(), /^From \$0\.\d+ \/ s$/);
  missing.isOn = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  assert.equal(await page.locator("#prompt").inputValue(), "A fox in the snow");
});

test("a browser without WebAssembly is told so", async (t) => {
  const page = await blankPage(t);
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto(await serveAt(t, ""));
  await page.getByText("This browser has no WebAssembly").waitFor();
});

test("a browser without locks is told to use one tab, and makes the video", async (t) => {
  const page = await blankPage(t);
  await page.addInitScript(() => delete Navigator.prototype.locks);
  await page.goto(await serveAt(t, ""));
  await page.getByText("use this page in one tab only").waitFor();
  await page.getByRole("button", { name: /^Lighthouse/ }).click();
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await page.locator(".video-card[data-state=completed]").waitFor();
});

test("a browser that keeps no files says so, and plays the video", async (t) => {
  const { page, context } = await openPage(t);
  await context.addInitScript(() => delete StorageManager.prototype.getDirectory);
  await page.reload();
  await ready(page);
  await page.locator("#prompt").fill("A fox in the snow");
  for (const count of [1, 2]) {
    await page.getByRole("button", { name: /^Generate for/ }).click();
    await page.locator(".video-card").nth(count - 1).waitFor();
  }
  await page.locator(".job video").waitFor();
  await page.getByText("in this page's memory until the page is closed").waitFor();
  await page.getByRole("button", { name: /^All/ }).click();
  await page.getByText("This browser keeps no files of a page.").waitFor();
});

test("the files for a static host forbid frames and keep hashed files for a year", async () => {
  const folder = await builtPage();
  const headers = readFileSync(join(folder, "_headers"), "utf8");
  assert.match(headers, /frame-ancestors 'none'/);
  assert.match(headers, /\/assets\/\*\n {2}Cache-Control: public, max-age=31536000, immutable/);
  assert.match(readFileSync(join(folder, "404.html"), "utf8"), /There is nothing here/);
  assert.match(readFileSync(join(folder, "index.html"), "utf8"), /property="og:image" content="og\.png"/);
});
