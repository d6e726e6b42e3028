// What the measurements need: the clients' packages, filmgate's built package, the simulator.
import { build, buildServer } from "../../scripts/build.mjs";
import { modernNode } from "../../scripts/lib/node.mjs";
import { npmPackages } from "../../scripts/lib/tools.mjs";
import { setUpBuild } from "../../scripts/setup.mjs";
import { expectRuntimes } from "../../tests/packaging/lib/runtimes.mjs";

export async function setUp() {
  const tools = await setUpBuild();
  await modernNode();
  await build(tools);
  process.env.FILMGATE_SIM = await buildServer();
  return tools;
}

/** Deno, where the packaging tests have it. */
export async function setUpRuntimes() {
  await npmPackages("tests/packaging/runtimes");
  expectRuntimes();
}
