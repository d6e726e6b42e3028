// Packs the gateway into a folder that `npx wrangler deploy` deploys, and that Node runs, without Rust and without this
// repository. `npm run worker:pack`; `-- FOLDER` for another folder than target/worker-pack.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build } from "./build.mjs";
import { bundleOf } from "./lib/gateway.mjs";
import { note } from "./lib/log.mjs";
import { modernNode } from "./lib/node.mjs";
import { Failure, isMain, main, root } from "./lib/run.mjs";
import { setUpBuild } from "./setup.mjs";

const FOLDER = "target/worker-pack";
const SOURCE_MAP = "index.js.map";
const COPIED = ["public", "local", "Dockerfile", ".dockerignore", "Caddyfile"];
const LICENSES = ["LICENSE-MIT", "LICENSE-APACHE"];
/** What only the sources need. The bundle is minified already. */
const SOURCE_SETTINGS = /^.*"(?:minify|keep_names)": .*\n/gm;
const MAIN = '"main": "src/index.ts"';
const PACKED_MAIN = '"main": "bundle/index.js",\n  "no_bundle": true,\n  "find_additional_modules": true';

const read = (path) => readFileSync(join(root, path), "utf8");

/** Packs into a folder, which is replaced. The package has to be built. */
export async function pack(folder) {
  const bundle = await bundleOf();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "bundle"), { recursive: true });
  for (const name of readdirSync(bundle).filter((name) => /\.(js|wasm)$/.test(name))) {
    cpSync(join(bundle, name), join(folder, "bundle", name));
  }
  writeFileSync(join(folder, "bundle", SOURCE_MAP), packedMap(readFileSync(join(bundle, SOURCE_MAP), "utf8")));
  for (const name of COPIED) cpSync(join(root, "worker", name), join(folder, name), { recursive: true });
  for (const name of LICENSES) cpSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, "README.md"), read("worker/packed.md"));
  writeFileSync(join(folder, "wrangler.jsonc"), packedConfig());
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packedManifest(), null, 2)}\n`);
}

/** The source map with paths in the repository in place of this machine's. */
function packedMap(text) {
  const { sourceRoot, sources, ...map } = JSON.parse(text);
  const fromRoot = (source) => relative(root, resolve(sourceRoot, source)).split(sep).join("/");
  return JSON.stringify({ ...map, sources: sources.map(fromRoot) });
}

function packedConfig() {
  const text = read("worker/wrangler.jsonc");
  if (!text.includes(MAIN)) throw new Failure(`worker/wrangler.jsonc has no ${MAIN}`);
  return text.replace(MAIN, PACKED_MAIN).replace(SOURCE_SETTINGS, "");
}

/** The tools alone: everything that the worker imports is in its bundle. */
function packedManifest() {
  const { name, description, license, devDependencies } = JSON.parse(read("worker/package.json"));
  const { version } = JSON.parse(read("pkg/package.json"));
  const { miniflare, wrangler } = devDependencies;
  return {
    name,
    version,
    private: true,
    description,
    license,
    type: "module",
    engines: { node: ">=22.13" },
    scripts: { deploy: "wrangler deploy", start: "node local/main.mjs" },
    dependencies: { miniflare, wrangler },
  };
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await build(await setUpBuild());
    await modernNode();
    const folder = resolve(root, process.argv[2] ?? FOLDER);
    await pack(folder);
    note(`Packed into ${folder}. Its README.md has the steps.`);
  });
}
