// Each HTML page of the documentation shows in Chromium the text that its comment names.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import sirv from "sirv";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";
import { blocksOf, pages } from "./lib/pages.mjs";

/** A static site with this page and the package as npm installs it. */
async function hosted(t, html) {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-html-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "index.html"), html);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) =>
    files(request, response, () => response.writeHead(404).end()),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The proxy of the page, which adds the key; and the hosts of the videos. */
async function respond(route, simulator, real) {
  const request = route.request();
  const headers = { ...request.headers(), authorization: "Bearer any" };
  const response = await simulator.fetch(real ?? request.url(), {
    method: request.method(),
    headers,
    body: request.postDataBuffer(),
  });
  const body = Buffer.from(await response.arrayBuffer());
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

const shown = pages()
  .flatMap(blocksOf)
  .filter(({ lang, directives }) => lang === "html" && !("no run" in directives));

for (const { page: path, line, code, directives } of shown) {
  test(`${path}:${line}`, async (t) => {
    assert.ok(directives.shows, "the block needs a comment `shows:` with the text that the page shows");
    const origin = await hosted(t, code);
    const simulator = createSimulator({ jobDurationMs: 300 });
    const page = await (await openContext(t)).newPage();
    const pageErrors = [];
    page.on("pageerror", (error) => pageErrors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && pageErrors.push(message.text()));
    const proxies = { runpod: "https://api.runpod.ai/v2", runware: "https://api.runware.ai/v1" };
    for (const [name, real] of Object.entries(proxies)) {
      const base = `${origin}/${name}`;
      await page.route(`${base}**`, (route) =>
        respond(route, simulator, real + route.request().url().slice(base.length)),
      );
    }
    await page.route("https://simulator.invalid/**", (route) => respond(route, simulator));
    await page.goto(origin);
    await page
      .getByText(directives.shows)
      .waitFor()
      .catch((error) => {
        assert.fail([...pageErrors, error.message].join("\n"));
      });
    assert.deepEqual(pageErrors, []);
  });
}
