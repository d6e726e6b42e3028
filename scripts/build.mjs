// The package's files in pkg/dist/, the simulated providers among them, and its copy for the page in
// www/vendor/; the simulated providers as a server. Does again only what changed.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alone } from "./lib/file-lock.mjs";
import { toLetters } from "./lib/inline-wasm.mjs";
import { Failure, capture, isMain, main, must, root } from "./lib/run.mjs";
import { note, seconds, step } from "./lib/log.mjs";
import { digest, unlessDone } from "./lib/build-cache.mjs";
import { buildModule, compilerOf, flags } from "./lib/wasm.mjs";
import { weigh } from "./lib/compressed-size.mjs";
import { setUpBuild } from "./setup.mjs";

const DIST = "pkg/dist";
const SIMULATOR = "target/simulator";
const VENDOR = "www/vendor";

// What runs anywhere, and what needs a disk: only the latter may know Node's own modules.
const PROJECTS = ["pkg/tsconfig.json", "pkg/tsconfig.node.json"];
const LICENCES = ["LICENSE-MIT", "LICENSE-APACHE"];
const PACKAGE_FILES = [
  join(DIST, "index.js"),
  join(DIST, "testing", "index.js"),
  ...LICENCES.map((name) => join("pkg", name)),
];

// The files of a module; everything else in pkg/dist/ comes from pkg/src/, and from SIMULATOR.
const moduleFiles = (name) => ({
  "glue.js": "what wasm-bindgen writes",
  "glue.d.ts": "its types",
  [`${name}.wasm`]: "the module",
  [`${name}.d.wasm.ts`]: "its type, where a bundler or workerd imports it",
  "inline.js": "the module again, as text",
  "inline.d.ts": "its type",
});
const CORE_FILES = moduleFiles("filmgate");
const SIMULATOR_FILES = moduleFiles("simulator");

export function build({ toolchain, bindgen }) {
  return alone(async () => {
    const since = performance.now();
    const tools = { toolchain, bindgen };
    const how = JSON.stringify(flags(toolchain));
    const scripts = ["scripts/lib/wasm.mjs", "scripts/lib/inline-wasm.mjs"];
    const core = digest(["Cargo.toml", "Cargo.lock", "package-lock.json", "src", ...scripts], [how]);
    const simulator = digest(["Cargo.toml", "Cargo.lock", "package-lock.json", "simulator", ...scripts], [how]);
    const pkg = digest(["pkg/src", ...PROJECTS], [core, simulator]);
    const within = (folder, files) => Object.keys(files).map((name) => join(folder, name));

    const done = [
      await unlessDone("core", core, within(DIST, CORE_FILES), () => buildCore(tools)),
      await unlessDone("simulator", simulator, within(SIMULATOR, SIMULATOR_FILES), () => buildSimulator(tools)),
      await unlessDone("client", pkg, PACKAGE_FILES, buildPackage),
      await unlessDone("vendor", digest([], [pkg]), [VENDOR], fillVendor),
    ];
    if (done.some(Boolean)) report(since, toolchain);
  });
}

async function buildCore(tools) {
  step("Building the WebAssembly module", "2 to 4 minutes the first time, then seconds");
  await buildFiles({ crate: "filmgate", folder: DIST, name: "filmgate", ...tools });
}

async function buildSimulator(tools) {
  step("Building the simulated providers", "a minute the first time, then seconds");
  await buildFiles({ crate: "filmgate-simulator", folder: SIMULATOR, name: "simulator", ...tools });
}

/** The files of a module, alone in their folder. */
async function buildFiles({ name, folder, ...what }) {
  const wasm = `${name}.wasm`;
  rmSync(join(root, folder), { recursive: true, force: true });
  await buildModule({ folder, name: "glue", wasm, ...what });
  const write = (file, text) => writeFileSync(join(root, folder, file), text);
  const letters = JSON.stringify(toLetters(readFileSync(join(root, folder, wasm))));
  write("inline.js", `export default ${letters};\n`);
  write(
    "inline.d.ts",
    "/** The module's bytes as letters. */\n" +
      "declare const letters: { alphabet: string; often: number[]; length: number; text: string };\n" +
      "export default letters;\n",
  );
  write(
    `${name}.d.wasm.ts`,
    "declare const module: WebAssembly.Module;\nexport default module;\n",
  );
}

async function buildPackage() {
  step("Compiling the package's TypeScript", "seconds");
  for (const name of readdirSync(join(root, DIST))) {
    if (!(name in CORE_FILES)) rmSync(join(root, DIST, name), { recursive: true });
  }
  cpSync(join(root, SIMULATOR), join(root, DIST, "testing"), { recursive: true });
  for (const project of PROJECTS) {
    await must(join(root, "node_modules", ".bin", "tsc"), ["-p", project]);
  }
  // The package carries the licences; npm packs nothing from outside its folder.
  for (const name of LICENCES) cpSync(join(root, name), join(root, "pkg", name));
}

function fillVendor() {
  const vendor = join(root, VENDOR);
  rmSync(vendor, { recursive: true, force: true });
  mkdirSync(vendor, { recursive: true });
  cpSync(join(root, DIST), join(vendor, "filmgate"), { recursive: true });
}

function report(since, toolchain) {
  const { raw, gzip, brotli } = weigh(readFileSync(join(root, DIST, "filmgate.wasm")));
  note(`filmgate.wasm: ${raw} bytes, gzip ${gzip}, brotli ${brotli} (${compilerOf(toolchain)})`);
  note(`Built in ${seconds(since)}`);
}

/** The simulated providers as a program of this machine; its path. */
export async function buildServer() {
  const args = ["build", "-p", "filmgate-simulator", "--features", "server", "--bin", "filmgate-simulator"];
  await must("cargo", [...args, "--quiet"]);
  const target = JSON.parse(capture("cargo", ["metadata", "--no-deps", "--format-version=1"]));
  if (!target) throw new Failure("cargo cannot read the workspace");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return join(target.target_directory, "debug", `filmgate-simulator${suffix}`);
}

if (isMain(import.meta.url)) await main(async () => build(await setUpBuild()));
