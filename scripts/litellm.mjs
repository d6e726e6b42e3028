// Drives the gateway with LiteLLM: `npm run test:litellm`. Not a part of `npm test`: its packages take 400 MB.
import { join } from "node:path";
import { build, buildServer } from "./build.mjs";
import { modernNode } from "./lib/node.mjs";
import { main, root, run } from "./lib/run.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  await build(await setUpBuild());
  process.env.FILMGATE_SIM = await buildServer();
  await run(await modernNode(), ["--test", join(root, "tests", "litellm", "litellm.test.mjs")]);
});
