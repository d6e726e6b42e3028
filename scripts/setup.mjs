// Installs what is missing, and only what the current command needs. It imports only Node's own modules, since
// it runs before any package is installed.
import { modernNode } from "./lib/node.mjs";
import { isMain, main } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { lintTools, nativeToolchain, wasmToolchain } from "./lib/toolchain.mjs";
import { browser, nodeVersion, npmPackages, python, wasmBindgen } from "./lib/tools.mjs";

/** Sets up a build; returns `{ toolchain, bindgen }`. */
export async function setUpBuild() {
  nodeVersion();
  await nativeToolchain();
  // One waits for the network, the other compiles.
  const [, tools] = await Promise.all([npmPackages(), rustTools()]);
  return tools;
}

async function rustTools() {
  const toolchain = await wasmToolchain();
  return { toolchain, bindgen: await wasmBindgen() };
}

/** Sets up the tests, too; returns `{ toolchain, bindgen, chromium, driver }`. */
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
    note(`Everything is installed. WebAssembly is built with ${toolchain.name}'s toolchain.`);
  });
}
