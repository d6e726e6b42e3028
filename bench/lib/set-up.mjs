// What the measurements need: the clients' packages, filmgate's built package, the simulator.
import { build, buildServer } from "../../scripts/build.mjs";
import { modernNode } from "../../scripts/lib/node.mjs";
import { setUpBuild } from "../../scripts/setup.mjs";

export async function setUp() {
  const tools = await setUpBuild();
  await modernNode();
  await build(tools);
  process.env.FILMGATE_SIM = await buildServer();
  return tools;
}
