// Installs what is missing, and only what the command at hand needs. Uses nothing but Node's own
// modules, since it runs before any package is there.
import { modernNode } from "./lib/node.mjs";
import { isMain, main } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { lintTools, nativeToolchain, wasmToolchain } from "./lib/toolchain.mjs";
import { browser, nodeVersion, npmPackages, python, wasmBindgen } from "./lib/tools.mjs";

/** What a build wants, as `{ toolchain, bindgen }`. */
export async function setUpBuild() {
  nodeVersion();
  await nativeToolchain();
  await npmPackages();
  const toolchain = await wasmToolchain();
  const bindgen = await wasmBindgen();
  return { toolchain, bindgen };
}

/** What the tests want beside it, as `{ toolchain, bindgen, chromium, driver }`. */
export async function setUpTests() {
  const build = await setUpBuild();
  await lintTools();
  await modernNode();
  await python();
  return { ...build, ...(await browser()) };
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const { toolchain } = await setUpTests();
    note(`Everything is there. WebAssembly is built by ${toolchain.name}'s toolchain.`);
  });
}
