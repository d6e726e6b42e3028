// workerd, the engine of Cloudflare's Workers, with one Worker of a user's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import workerd from "workerd";
import { root } from "../../scripts/lib/run.mjs";

const config = (modules, objects) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = "objects", writable = true)),
    # The simulated providers are on this machine.
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    ${modules.map((name) => `(name = "${name}", wasm = embed "${name}"),`).join("\n    ")}
  ],
  compatibilityDate = "2026-01-01",
  bindings = [${objects.map((name) => `(name = "${name}", durableObjectNamespace = "${name}")`).join(", ")}],
  durableObjectNamespaces = [
    ${objects.map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true),`).join("\n    ")}
  ],
  durableObjectStorage = (localDisk = "disk"),
);
`;

/**
 * Bundles a Worker and starts it; `modules` are the package's that it imports, by their paths in pkg/dist/. `objects` are
 * its classes of Durable Objects with SQLite. `restart` ends the engine and starts it with the same disk.
 */
export async function startWorker(source, modules, objects = []) {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-workerd-"));
  mkdirSync(join(folder, "objects"));
  await bundle(folder, source);
  for (const module of modules) cpSync(join(root, "pkg/dist", module), join(folder, basename(module)));
  writeFileSync(join(folder, "config.capnp"), config(modules.map((module) => basename(module)), objects));
  let engine = await startEngine(folder);
  const end = () => engine.end();
  const worker = {
    folder,
    origin: engine.origin,
    restart: async () => {
      await end();
      engine = await startEngine(folder);
      worker.origin = engine.origin;
    },
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return worker;
}

async function startEngine(folder) {
  const engine = spawn(workerd.default, ["serve", "--control-fd=3", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const kill = () => engine.kill("SIGKILL");
  process.once("exit", kill);
  engine.once("close", () => process.off("exit", kill));
  const end = async () => {
    // SIGTERM would wait for requests that a failed test has left open.
    if (engine.exitCode === null && engine.kill("SIGKILL")) await once(engine, "close");
  };
  return { origin: `http://127.0.0.1:${await port(engine)}`, end };
}

/** A user's project: the package is found by its name, and by the condition that wrangler sets too. */
async function bundle(folder, source) {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
  // With the files that it imports.
  const sources = join(folder, "source");
  cpSync(join(root, dirname(source)), sources, { recursive: true });
  const entry = join(sources, basename(source));
  await build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    logLevel: "error",
  });
}

/** The URL that it reports once it listens. */
async function port(engine) {
  const lines = createInterface({ input: engine.stdio[3] });
  const said = once(lines, "line").then(([line]) => JSON.parse(line));
  const ended = once(engine, "exit").then(([code]) => assert.fail(`workerd ended with ${code}`));
  ended.catch(() => {}); // Once it has started, its end is not a failure to start.
  const { event, port } = await Promise.race([said, ended]);
  assert.equal(event, "listen");
  return port;
}
