// The package's files in pkg/dist/, the simulated providers as a module and as a server, and what
// the page loads of both in www/vendor/. Does again only what changed.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alone } from "./lib/lock.mjs";
import { Failure, capture, isMain, main, must, root } from "./lib/run.mjs";
import { note, seconds, step } from "./lib/say.mjs";
import { digest, unlessDone } from "./lib/stamp.mjs";
import { buildModule, compilerOf, flags } from "./lib/wasm.mjs";
import { weigh } from "./lib/weigh.mjs";
import { setUpBuild } from "./setup.mjs";

const DIST = "pkg/dist";
const SIM = "target/sim";
const VENDOR = "www/vendor";

// What runs anywhere, and what needs a disk: only the latter may know Node's own modules.
const PROJECTS = ["pkg/tsconfig.json", "pkg/tsconfig.node.json"];
const LICENCES = ["LICENSE-MIT", "LICENSE-APACHE"];
const FACADE_FILES = [join(DIST, "index.js"), ...LICENCES.map((name) => join("pkg", name))];

// Files of pkg/dist/ that come from the core; everything else there comes from pkg/src/.
const CORE_FILES = {
  "glue.js": "what wasm-bindgen writes",
  "glue.d.ts": "its types",
  "filmgate.wasm": "the module",
  "filmgate.d.wasm.ts": "its type, where a bundler or workerd imports it",
  "inline.js": "the module again, as text",
  "inline.d.ts": "its type",
};

export function build({ toolchain, bindgen }) {
  return alone(async () => {
    const since = performance.now();
    const tools = { toolchain, bindgen };
    const how = JSON.stringify(flags(toolchain));
    const scripts = "scripts/lib/wasm.mjs";
    const core = digest(["Cargo.toml", "Cargo.lock", "package-lock.json", "src", scripts], [how]);
    const facade = digest(["pkg/src", ...PROJECTS], [core]);
    const sim = digest(["Cargo.toml", "Cargo.lock", "package-lock.json", "sim", scripts], [how]);
    const files = Object.keys(CORE_FILES).map((name) => join(DIST, name));

    const done = [
      await unlessDone("core", core, files, () => buildCore(tools)),
      await unlessDone("facade", facade, FACADE_FILES, buildFacade),
      await unlessDone("sim", sim, [join(SIM, "sim.js")], () => buildSimulator(tools)),
      await unlessDone("vendor", digest([], [facade, sim]), [VENDOR], fillVendor),
    ];
    if (done.some(Boolean)) report(since, toolchain);
  });
}

async function buildCore(tools) {
  step("Building the WebAssembly module", "2 to 4 minutes the first time, then seconds");
  rmSync(join(root, DIST), { recursive: true, force: true });
  await buildModule({
    crate: "filmgate",
    folder: DIST,
    name: "glue",
    wasm: "filmgate.wasm",
    ...tools,
  });
  silenceStaleCallbacks(join(root, DIST, "glue.js"));
  const write = (name, text) => writeFileSync(join(root, DIST, name), text);
  const base64 = readFileSync(join(root, DIST, "filmgate.wasm")).toString("base64");
  write("inline.js", `export default "${base64}";\n`);
  write(
    "inline.d.ts",
    "/** The module's bytes in Base64. */\ndeclare const base64: string;\nexport default base64;\n",
  );
  write(
    "filmgate.d.wasm.ts",
    "declare const module: WebAssembly.Module;\nexport default module;\n",
  );
}

/**
 * What an instance that trapped has left to be called back must do nothing. wasm-bindgen throws there, in a
 * microtask where nobody can catch it, which ends a Node process.
 */
function silenceStaleCallbacks(path) {
  const thrown = "throw new Error('Cannot invoke closure from previous WASM instance');";
  const pieces = readFileSync(path, "utf8").split(thrown);
  if (pieces.length < 2) throw new Failure(`${path} no longer tells stale closures from others`);
  writeFileSync(path, pieces.join("return;"));
}

async function buildFacade() {
  step("Compiling the package's TypeScript", "seconds");
  for (const name of readdirSync(join(root, DIST))) {
    if (!(name in CORE_FILES)) rmSync(join(root, DIST, name), { recursive: true });
  }
  for (const project of PROJECTS) {
    await must(join(root, "node_modules", ".bin", "tsc"), ["-p", project]);
  }
  // The package carries the licences; npm packs nothing from outside its folder.
  for (const name of LICENCES) cpSync(join(root, name), join(root, "pkg", name));
}

async function buildSimulator(tools) {
  step("Building the simulated providers for the page", "a minute the first time, then seconds");
  rmSync(join(root, SIM), { recursive: true, force: true });
  const name = "filmgate_sim";
  await buildModule({ crate: "filmgate-sim", folder: SIM, name, wasm: `${name}.wasm`, ...tools });
  cpSync(join(root, "sim", "js"), join(root, SIM), { recursive: true });
}

function fillVendor() {
  const vendor = join(root, VENDOR);
  rmSync(vendor, { recursive: true, force: true });
  mkdirSync(vendor, { recursive: true });
  cpSync(join(root, DIST), join(vendor, "filmgate"), { recursive: true });
  cpSync(join(root, SIM), join(vendor, "sim"), { recursive: true });
}

function report(since, toolchain) {
  const { raw, gzip, brotli } = weigh(readFileSync(join(root, DIST, "filmgate.wasm")));
  note(`filmgate.wasm: ${raw} bytes, gzip ${gzip}, brotli ${brotli} (${compilerOf(toolchain)})`);
  note(`Built in ${seconds(since)}`);
}

/** The simulated providers as a program of this machine; its path. */
export async function buildServer() {
  const args = ["build", "-p", "filmgate-sim", "--features", "server", "--bin", "filmgate-sim"];
  await must("cargo", [...args, "--quiet"]);
  const target = JSON.parse(capture("cargo", ["metadata", "--no-deps", "--format-version=1"]));
  if (!target) throw new Failure("cargo cannot read the workspace");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return join(target.target_directory, "debug", `filmgate-sim${suffix}`);
}

if (isMain(import.meta.url)) await main(async () => build(await setUpBuild()));
