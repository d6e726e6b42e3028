// The simulated providers outside Node: in a page under a strict policy, in its worker, in
// workerd; and their size in bundles that do not use them.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";
import { startWorker } from "../client/engine.mjs";

const REQUEST = { model: "wan-2.6", prompt: "A lighthouse", duration: 5, resolution: "720p" };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";
const WORKER = `
  import { createSimulator } from "/testing/index.js";
  const answer = await createSimulator().fetch("https://api.runpod.ai/v2/wan-2-6-t2v/health", {
    headers: { authorization: "Bearer any" },
  });
  postMessage((await answer.json()).jobs.completed);`;

const files = sirv(join(root, "pkg", "dist"), { dev: true });
const site = createServer((request, response) => {
  response.setHeader("content-security-policy", POLICY);
  const isWorker = request.url === "/worker.js";
  files(request, response, () => {
    response.setHeader("content-type", isWorker ? "text/javascript" : "text/html");
    response.end(isWorker ? WORKER : "<!doctype html><title>t</title>");
  });
});
await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
const profile = await openContext({ after });
after(() => {
  site.closeAllConnections();
  site.close();
});

/** A page that may connect to nothing; `violations` fills with what it tried all the same. */
async function openPage() {
  const page = await profile.newPage();
  const violations = [];
  await page.exposeFunction("violated", (directive) => violations.push(directive));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violated(event.effectiveDirective);
    });
  });
  await page.goto(`http://127.0.0.1:${site.address().port}/page`);
  return { page, violations };
}

test("a page that may connect to nothing generates and downloads", async () => {
  const { page, violations } = await openPage();
  const seen = await page.evaluate(async (request) => {
    const { createFilmgate } = await import("/index.js");
    const { createSimulator } = await import("/testing/index.js");
    const simulator = createSimulator({ jobDurationMs: 100 });
    const client = createFilmgate(simulator.options);
    const { videos } = await client.generate(request);
    const video = await (await simulator.fetch(videos[0].url)).blob();
    return [simulator.submissions().length, video.type];
  }, REQUEST);
  assert.deepEqual(seen, [1, "video/mp4"]);
  assert.deepEqual(violations, []);
});

test("in a page, what another origin may not read is a network error", async () => {
  const { page } = await openPage();
  const seen = await page.evaluate(async () => {
    const { createSimulator } = await import("/testing/index.js");
    const simulator = createSimulator();
    const submit = () =>
      simulator
        .fetch("https://api.runpod.ai/v2/wan-2-6-t2v/run", {
          method: "POST",
          headers: { authorization: "Bearer any" },
          body: '{"input":{}}',
        })
        .catch((error) => `${error.name}: ${error.message}`);
    simulator.injectFault({ fault: { kind: "corsBlocked" } });
    const unreadable = await submit();
    const reached = simulator.submissions().length;
    simulator.configure({ cors: false });
    return [unreadable, reached, await submit(), simulator.submissions().length];
  });
  const failure = "TypeError: Failed to fetch";
  assert.deepEqual(seen, [failure, 1, failure, 1], "the second was stopped by its preflight");
});

test("a page's worker", async () => {
  const { page } = await openPage();
  const completed = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      }),
  );
  assert.equal(completed, 0);
});

test("workerd, which does not compile bytes", async (t) => {
  const modules = ["filmgate.wasm", "testing/simulator.wasm"];
  const worker = await startWorker("tests/testing/fixtures/worker.js", modules);
  t.after(worker.stop);
  const answer = await fetch(worker.origin, { method: "POST", body: JSON.stringify(REQUEST) });
  const { provider, ...seen } = await answer.json();
  assert.ok(["runpod", "runware"].includes(provider));
  assert.deepEqual(seen, { submissions: 1, charges: 1, isVideo: true });
});

/** The package's files in a browser's bundle. */
async function bundled(source) {
  const stdin = { contents: source, resolveDir: root };
  const how = { bundle: true, write: false, metafile: true, format: "esm", platform: "browser" };
  const { metafile } = await build({ stdin, ...how, minify: true, logLevel: "error" });
  const [{ inputs }] = Object.values(metafile.outputs);
  return Object.keys(inputs).filter((name) => inputs[name].bytesInOutput > 0);
}

test("no other entry contains the simulator, and it does not contain filmgate's module", async () => {
  const isTesting = (name) => name.includes("dist/testing/");
  for (const entry of ["index", "slim"]) {
    const names = await bundled(`export * from "./pkg/dist/${entry}.js";`);
    assert.ok(names.length > 5);
    assert.deepEqual(names.filter(isTesting), []);
  }
  const own = await bundled(`export * from "./pkg/dist/testing/index.js";`);
  assert.ok(own.includes("pkg/dist/testing/inline.js"));
  const others = own.filter((name) => !isTesting(name) && name !== "<stdin>");
  const shared = ["core/inline-wasm.js", "util/sleep.js", "error.js", "util/tag.js", "util/options.js"];
  assert.deepEqual(others, shared.map((name) => `pkg/dist/${name}`));
  const unused = await bundled(`import "./pkg/dist/testing/index.js"; console.log(1);`);
  assert.deepEqual(unused, ["<stdin>"]);
});
