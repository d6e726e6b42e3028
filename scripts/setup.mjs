// Installs what is missing, and only what the current command needs. It imports only Node's own modules, since
// it runs before any package is installed.
import { modernNode } from "./lib/node.mjs";
import { isMain, main } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { lintTools, nativeToolchain, wasmToolchain } from "./lib/toolchain.mjs";
import { browser, nodeVersion, npmPackages, python, wasmBindgen } from "./lib/tools.mjs";

/** Sets up a build; returns `{ toolchain, bindgen }`, of which the latter is a promise: cargo need not wait for it. */
export async function setUpBuild() {
  nodeVersion();
  await nativeToolchain();
  // One waits for the network, the other compiles.
  const [, tools] = await Promise.all([npmPackages(), rustTools()]);
  return tools;
}

async function rustTools() {
  const toolchain = await wasmToolchain();
  const bindgen = wasmBindgen();
  // A failure is reported where the tools are needed.
  bindgen.catch(() => {});
  return { toolchain, bindgen };
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
    const { toolchain, bindgen } = await setUpTests();
    await bindgen;
    note(`Everything is installed. WebAssembly is built with ${toolchain.name}'s toolchain.`);
  });
}
