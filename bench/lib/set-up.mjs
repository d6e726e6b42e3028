// What the measurements need: the clients' packages, filmgate's built package, the simulator.
import { build, buildServer } from "../../scripts/build.mjs";
import { npmPackages } from "../../scripts/lib/tools.mjs";
import { setUpBuild } from "../../scripts/setup.mjs";
import { modernNode } from "./node.mjs";

export async function setUp() {
  const tools = await setUpBuild();
  await npmPackages("bench");
  modernNode();
  await build(tools);
  process.env.FILMGATE_SIM = await buildServer();
  return tools;
}
