// The parts of `npm start`: a free port, its progress, the page with its policy, and what happens if a part fails.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { withLocalServices } from "../lib/local-services.mjs";
import { steps } from "../lib/log.mjs";
import { LOOPBACK, freePort } from "../lib/port.mjs";
import { answerWithProgress } from "../lib/progress-page.mjs";
import { Failure, root } from "../lib/run.mjs";
import { serve } from "../lib/serve.mjs";
import { startSimulator } from "../lib/simulator.mjs";
import { listen } from "../lib/web-server.mjs";

async function site(t, settings) {
  const server = await serve(settings);
  t.after(() => server.close());
  return server.origin;
}

/** As fetch, but sends the path as it is written. */
function statusOf(origin, path) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const asked = request({ hostname, port, path }, (answer) =>
      resolve(answer.resume().statusCode),
    );
    asked.once("error", reject).end();
  });
}

test("a port in use is skipped", async (t) => {
  const taken = createServer();
  await new Promise((resolve) => taken.listen(0, LOOPBACK, resolve));
  t.after(() => taken.close());
  const { port } = taken.address();
  assert.ok((await freePort(port, "the test")) > port);
});

test("until the page is there, its address shows the steps, and reloads itself", async (t) => {
  const server = await listen(0, answerWithProgress);
  t.after(() => server.close());
  steps.push({ what: "Building <this>", howLong: "two minutes", since: performance.now() });
  const before = await fetch(server.origin);
  const text = await before.text();
  assert.equal(before.status, 503);
  assert.match(text, /<meta http-equiv="refresh" content="1">/);
  assert.match(text, /<li>Building &lt;this> <span>from \d+ s \(two minutes\)<\/span>/);
  server.answerWith((_, response) => response.end("the page"));
  assert.equal(await (await fetch(server.origin)).text(), "the page");
});

test("the page is served with its policy and cannot be framed", async (t) => {
  const answer = await fetch(await site(t));
  const page = await answer.text();
  const policy = answer.headers.get("content-security-policy");
  assert.equal(page, readFileSync(join(root, "target", "page", "index.html"), "utf8"));
  const own = policy.split("; ").filter((directive) => directive !== "frame-ancestors 'none'");
  assert.equal(own.length, policy.split("; ").length - 1);
  for (const directive of own) assert.ok(page.includes(directive), directive);
});

test("the page is told of a simulator, and asks for no file that a static host lacks", async (t) => {
  const config = {
    runpod: "http://127.0.0.1:1/runpod/v2",
    runware: "http://127.0.0.1:1/runware/v1",
  };
  const page = await (await fetch(await site(t, { config }))).text();
  const [, content] = page.match(/<meta name="filmgate-local" content="([^"]*)">/);
  assert.deepEqual(JSON.parse(content.replaceAll("&quot;", '"')), config);
  assert.ok(!(await (await fetch(await site(t))).text()).includes("filmgate-local"));
});

test("nothing outside the built page is served", async (t) => {
  const origin = await site(t);
  for (const path of [
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "/nothing",
  ]) {
    assert.equal(await statusOf(origin, path), 404, path);
  }
});

test("a path that is not one of a URL does not end the server", async (t) => {
  const origin = await site(t);
  for (const path of ["//", "//[", "/%", "/?q"]) assert.ok((await statusOf(origin, path)) < 500, path);
});

test("a simulator that cannot start is a readable failure", async () => {
  const absent = join(root, "no-such-program");
  await assert.rejects(startSimulator({ program: absent }), Failure);
  await assert.rejects(startSimulator({ program: "false" }), /did not start: false ended with 1/);
});

/** Without the gateway: its folder is a file. */
async function brokenServices(t) {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-services-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const server = await listen(0, answerWithProgress);
  t.after(() => server.close());
  const taken = join(folder, "taken");
  writeFileSync(taken, "");
  return { server, folder: taken, simulatorPort: await freePort(20_000 + (process.pid % 20_000), "the test") };
}

test("if one part cannot start, those before it are stopped", async (t) => {
  const { server, folder, simulatorPort } = await brokenServices(t);
  const options = { server, simulate: { port: simulatorPort }, gatewayPort: 0, folder };
  await assert.rejects(withLocalServices(options, () => assert.fail("it started")), { code: "EEXIST" });
  await assert.rejects(fetch(`http://${LOOPBACK}:${simulatorPort}/`), "the simulator has ended");
});
