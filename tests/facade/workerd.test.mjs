// In workerd, the engine of Cloudflare's Workers, which refuses to compile bytes: the package's entry for it
// imports the module.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import workerd from "workerd";
import { root } from "../../scripts/lib/run.mjs";
import { BOTH, KEY, PROMPT, PROVIDERS, REQUESTS, TEXT, client, simulator } from "./support.mjs";

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    # The simulated providers are on this machine.
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "filmgate.wasm", wasm = embed "filmgate.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
`;

let folder, engine, origin;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "filmgate-workerd-"));
  await bundle();
  engine = spawn(workerd.default, ["serve", "--control-fd=3", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const kill = () => engine.kill("SIGKILL");
  process.once("exit", kill);
  engine.once("close", () => process.off("exit", kill));
  origin = `http://127.0.0.1:${await port()}`;
});
after(async () => {
  // Asked politely it would wait for requests that a failed test has left open.
  if (engine?.exitCode === null && engine.kill("SIGKILL")) await once(engine, "close");
  rmSync(folder, { recursive: true, force: true });
});

/** A user's project: the package is found by its name, and by the condition that wrangler sets too. */
async function bundle() {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
  const source = join(folder, "source.js");
  cpSync(join(root, "tests/facade/fixtures/worker.js"), source);
  await build({
    entryPoints: [source],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    logLevel: "error",
  });
  cpSync(join(root, "pkg/dist/filmgate.wasm"), join(folder, "filmgate.wasm"));
  writeFileSync(join(folder, "config.capnp"), CONFIG);
}

/** Where it listens, as it says once it does. */
async function port() {
  const lines = createInterface({ input: engine.stdio[3] });
  const said = once(lines, "line").then(([line]) => JSON.parse(line));
  const ended = once(engine, "exit").then(([code]) => assert.fail(`workerd ended with ${code}`));
  ended.catch(() => {}); // Once it has started, its end is no failure to start.
  const { event, port } = await Promise.race([said, ended]);
  assert.equal(event, "listen");
  return port;
}

/** What the Worker answers. */
async function ask(question) {
  const response = await fetch(origin, { method: "POST", body: JSON.stringify(question) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  for (const secret of [KEY, PROMPT]) assert.ok(!text.includes(secret));
  return JSON.parse(text);
}

async function value(question) {
  const { value, error } = await ask(question);
  assert.equal(error, undefined, JSON.stringify(error));
  return value;
}

describe("workerd", { concurrency: true }, () => {
  test("the bundle imports the module, and carries no bytes of it", () => {
    const text = readFileSync(join(folder, "worker.js"), "utf8");
    assert.match(text, /import \w+ from "\.\/filmgate\.wasm"/);
    assert.ok(text.length < readFileSync(join(folder, "filmgate.wasm")).length);
  });

  test("models, check and quote answer as they do in Node", async () => {
    const film = client({ settings: {} });
    assert.deepEqual(await value({ action: "models" }), film.models());
    for (const request of [BOTH, TEXT, { ...TEXT, duration: 5, output: { quality: 1000 } }, null]) {
      assert.deepEqual(await value({ action: "check", request }), film.check(request));
      assert.deepEqual(await value({ action: "quote", request }), film.quote(request));
    }
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: films`, async (t) => {
      const sim = await simulator(t, { runMs: 1_500 });
      const ordered = { request: REQUESTS[provider], options: { provider } };
      const outcome = await value({ action: "generate", settings: sim.settings, ...ordered });
      assert.equal(outcome.provider, provider);
      assert.equal(outcome.charge, "charged");
      assert.match(outcome.videos[0].url, /^http:.*\.mp4$/);
      const { submits, bills, totalMicroUsd } = await sim.ledger();
      assert.equal(submits.length, 1);
      assert.equal(bills.length, 1);
      assert.equal(totalMicroUsd, Math.round(outcome.costUsd * 1e6));
    });

    test(`${provider}: one request submits, a later one of the same isolate brings the film`, async (t) => {
      const sim = await simulator(t, { runMs: 1_500 });
      const { settings } = sim;
      const ordered = { request: REQUESTS[provider], options: { provider } };
      const handle = await value({ action: "submit", settings, ...ordered });
      const outcome = await value({ action: "resume", settings, handle });
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submits.length, 1);
    });
  }

  test("several requests of one isolate film at once", async (t) => {
    const sim = await simulator(t, { runMs: 1_500 });
    const films = [...PROVIDERS, ...PROVIDERS].map((provider) =>
      value({
        action: "generate",
        settings: sim.settings,
        request: REQUESTS[provider],
        options: { provider },
      }),
    );
    const outcomes = await Promise.all(films);
    assert.equal(new Set(outcomes.map(({ videos }) => videos[0].url)).size, 4);
    assert.equal((await sim.ledger()).bills.length, 4);
  });

  test("an error says what it cost, and how to find the job", async (t) => {
    const sim = await simulator(t);
    const request = { ...TEXT, prompt: `${PROMPT} [fail]` };
    const { error } = await ask({ action: "generate", settings: sim.settings, request });
    assert.equal(error.code, "generation_failed");
    assert.equal(error.charge, "unknown");
    assert.equal(error.handle.provider, "runware");
  });
});
