// Where WebAssembly is absent, or a policy forbids it, every call says so as a FilmgateError, and nothing is sent.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";

/** Makes each call, and returns its error's fields and how many requests were sent. */
async function errorsOf(entry) {
  const { createFilmgate, FilmgateError, composePrompt } = await import(entry);
  let sent = 0;
  const fetch = () => Promise.reject(new Error(`${++sent} sent`));
  const client = createFilmgate({ fetch, runpod: { apiKey: "any" }, runware: { apiKey: "any" } });
  const request = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };
  const calls = {
    models: () => client.models(),
    validate: () => client.validate(request),
    quote: () => client.quote(request),
    submit: () => client.submit(request),
    generate: () => client.generate(request),
    start: () => client.start(request),
    composePrompt: () => composePrompt({ action: "A fox runs" }),
  };
  const errors = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call();
    } catch (error) {
      const { code, charge, retryable, message } = error;
      errors[name] = { isOurs: error instanceof FilmgateError, code, charge, retryable, message };
    }
  }
  return { names: Object.keys(calls), errors, sent };
}

function assertSaid({ names, errors, sent }, message) {
  assert.deepEqual(Object.keys(errors), names);
  for (const [name, error] of Object.entries(errors)) {
    assert.match(error.message, message, name);
    const expected = { isOurs: true, code: "internal_error", charge: "none", retryable: false };
    assert.deepEqual({ ...error, message: undefined }, { ...expected, message: undefined }, name);
  }
  assert.equal(sent, 0);
}

/** The same in a process of its own, after `prepare`. */
function inProcess(prepare) {
  const entry = pathToFileURL(join(root, "pkg/dist/index.js")).href;
  const program = `${prepare}
    ${errorsOf}
    console.log(JSON.stringify(await errorsOf(${JSON.stringify(entry)})));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

const ABSENT = /no WebAssembly.*gateway/;
const FORBIDDEN = /'wasm-unsafe-eval'.*script-src/;

test("without WebAssembly every call says to use a gateway", () => {
  assertSaid(inProcess("delete globalThis.WebAssembly;"), ABSENT);
});

test("a WebAssembly that is an empty object is none", () => {
  assertSaid(inProcess("globalThis.WebAssembly = {};"), ABSENT);
});

test("a module that does not compile, as a policy has it, names what to allow", () => {
  const refuse = "WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('blocked by CSP'); } };";
  assertSaid(inProcess(refuse), FORBIDDEN);
});

for (const policy of ["script-src 'self'", "default-src 'self'"]) {
  test(`Chromium under "${policy}": every call says which source to add`, async (t) => {
    const files = sirv(join(root, "pkg"), { dev: true });
    const server = createServer((request, response) => {
      response.setHeader("content-security-policy", policy);
      files(request, response, () => response.writeHead(200, { "content-type": "text/html" }).end());
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const page = await (await openContext(t)).newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/blank.html`);
    assertSaid(await page.evaluate(errorsOf, "/dist/index.js"), FORBIDDEN);
  });
}
