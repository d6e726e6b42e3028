// Builds the package into pkg/dist/, including the simulated providers, and the simulator server. Only stale steps run.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentFiles } from "./lib/catalog.mjs";
import { bundleCli } from "./lib/cli-bundle.mjs";
import { withLock } from "./lib/file-lock.mjs";
import { encodeWasm } from "./lib/inline-wasm.mjs";
import { modelTypes } from "./lib/model-types.mjs";
import { buildPrograms } from "./lib/native.mjs";
import { isMain, main, root, run } from "./lib/run.mjs";
import { note, seconds, step } from "./lib/log.mjs";
import { builtFrom, digest, ifStale } from "./lib/build-cache.mjs";
import { buildModule, compilerOf, flags } from "./lib/wasm.mjs";
import { weigh } from "./lib/compressed-size.mjs";
import { npmPackages } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

const DIST = "pkg/dist";
const SIMULATOR = "target/simulator";

// Code for all runtimes, and code that needs a disk: only the latter may import Node's modules.
// That of the command line is only checked: it is bundled with its libraries.
const PROJECTS = ["pkg/tsconfig.json", "pkg/tsconfig.node.json", "pkg/tsconfig.cli.json"];
/** Their libraries are in the package's bundles. */
export const BUNDLED = ["pkg/src/cli", "pkg/src/mcp"];
const LICENSES = ["LICENSE-MIT", "LICENSE-APACHE"];
const PACKAGE_FILES = [
  join(DIST, "index.js"),
  join(DIST, "testing", "index.js"),
  join(DIST, "catalog.json"),
  join(DIST, "cli", "filmgate.js"),
  join(DIST, "cli", "mcp.js"),
  ...LICENSES.map((name) => join("pkg", name)),
];

// The files of a module; everything else in pkg/dist/ comes from pkg/src/, and from SIMULATOR.
const moduleFiles = (name) => ({
  "glue.js": "wasm-bindgen's output",
  "glue.d.ts": "its types",
  [`${name}.wasm`]: "the module",
  [`${name}.d.wasm.ts`]: "its type, for bundlers and workerd",
  "inline.js": "the module again, as text",
  "inline.d.ts": "its type",
});
const CORE_FILES = moduleFiles("filmgate");
const SIMULATOR_FILES = moduleFiles("simulator");

/** `quick` modules do unless those of a release are there: see `flags` in lib/wasm.mjs. */
export function build({ toolchain, bindgen, quick = false }) {
  return withLock(async () => {
    const since = performance.now();
    const release = modules(toolchain, false);
    const isReleased = builtFrom("core") === release.core && builtFrom("simulator") === release.simulator;
    const tools = { toolchain, bindgen, quick: quick && !isReleased };
    const { core, simulator } = modules(toolchain, tools.quick);
    const sources = ["pkg/package.json", "pkg/src", "scripts/build.mjs", ...LICENSES, ...["catalog", "cli-bundle", "model-types"].map((name) => `scripts/lib/${name}.mjs`)];
    const pkg = digest([...sources, ...PROJECTS], [core, simulator]);
    const within = (folder, files) => Object.keys(files).map((name) => join(folder, name));

    const done = [
      await ifStale("core", core, within(DIST, CORE_FILES), () => buildCore(tools)),
      await ifStale("simulator", simulator, within(SIMULATOR, SIMULATOR_FILES), () => buildSimulator(tools)),
      await ifStale("client", pkg, PACKAGE_FILES, buildPackage),
    ];
    if (done.some(Boolean)) report(since, tools);
  });
}

/** The digests of what the two modules are built from. */
function modules(toolchain, quick) {
  const how = JSON.stringify(flags(toolchain, { quick }));
  const scripts = ["wasm", "wasm-parser", "short-names", "inline-wasm"].map((name) => `scripts/lib/${name}.mjs`);
  const both = ["Cargo.toml", "Cargo.lock", "package-lock.json", ...scripts];
  return {
    core: digest([...both, "build.rs", "catalog", "src"], [how]),
    simulator: digest([...both, "simulator/Cargo.toml", "simulator/src", "simulator/video"], [how]),
  };
}

async function buildCore(tools) {
  step("Building the WebAssembly module", tools.quick ? "under a minute" : "2 to 4 minutes the first time, then seconds");
  await buildFiles({ crate: "filmgate", folder: DIST, name: "filmgate", ...tools });
}

async function buildSimulator(tools) {
  step("Building the simulated providers", "a minute the first time, then seconds");
  await buildFiles({ crate: "filmgate-simulator", folder: SIMULATOR, name: "simulator", ...tools });
}

/** Builds the files of a module into a folder of their own. */
async function buildFiles({ name, folder, ...what }) {
  const wasm = `${name}.wasm`;
  rmSync(join(root, folder), { recursive: true, force: true });
  await buildModule({ folder, name: "glue", wasm, ...what });
  const write = (file, text) => writeFileSync(join(root, folder, file), text);
  const encoded = JSON.stringify(encodeWasm(readFileSync(join(root, folder, wasm))));
  write("inline.js", `export default ${encoded};\n`);
  write(
    "inline.d.ts",
    "/** The module's encoded bytes. */\n" +
      "declare const encoded: { frequent: string; length: number; text: string };\n" +
      "export default encoded;\n",
  );
  write(
    `${name}.d.wasm.ts`,
    "declare const module: WebAssembly.Module;\nexport default module;\n",
  );
}

async function buildPackage() {
  for (const folder of BUNDLED) await npmPackages(folder);
  step("Compiling the package's TypeScript", "seconds");
  for (const name of readdirSync(join(root, DIST))) {
    if (!(name in CORE_FILES)) rmSync(join(root, DIST, name), { recursive: true });
  }
  cpSync(join(root, SIMULATOR), join(root, DIST, "testing"), { recursive: true });
  // The sources import these types, as they import those of the module.
  mkdirSync(join(root, DIST, "types"), { recursive: true });
  writeFileSync(join(root, DIST, "types", "model-constraints.d.ts"), modelTypes());
  for (const project of PROJECTS) {
    await run(join(root, "node_modules", ".bin", "tsc"), ["-p", project]);
  }
  await bundleCli(join(DIST, "cli"));
  for (const [name, text] of Object.entries(documentFiles())) writeFileSync(join(root, DIST, name), text);
  // The package contains the licenses; npm packs nothing from outside its folder.
  for (const name of LICENSES) cpSync(join(root, name), join(root, "pkg", name));
}

function report(since, { toolchain, quick }) {
  if (quick) return note(`Built in ${seconds(since)}, not optimized`);
  const { raw, gzip, brotli } = weigh(readFileSync(join(root, DIST, "filmgate.wasm")));
  note(`filmgate.wasm: ${raw} bytes, gzip ${gzip}, brotli ${brotli} (${compilerOf(toolchain)})`);
  note(`Built in ${seconds(since)}`);
}

/** Builds the simulator server; returns its path. */
export const buildServer = async () => (await buildPrograms()).simulator;

if (isMain(import.meta.url)) await main(async () => build(await setUpBuild()));
