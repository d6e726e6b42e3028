// The parts of `npm start`: a free port, the page with its policy, a simulator that reports why it cannot start.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { LOOPBACK, freePort } from "../lib/port.mjs";
import { Failure, root } from "../lib/run.mjs";
import { serve } from "../lib/serve.mjs";
import { startSimulator } from "../lib/simulator.mjs";

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

test("a simulator that cannot start is a readable failure", async () => {
  const absent = join(root, "no-such-program");
  await assert.rejects(startSimulator({ program: absent }), Failure);
  await assert.rejects(startSimulator({ program: "false" }), /did not start: false ended with 1/);
});
