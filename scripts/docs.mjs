// Writes docs/api/, which git does not have, from the types that the package ships: `npm run docs`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  await build(await setUpBuild());
  // Its packages are there only now.
  const { writeReference } = await import("../tests/docs/lib/api.mjs");
  const folder = join(root, "docs", "api");
  rmSync(folder, { recursive: true, force: true });
  const unsaid = await writeReference(folder);
  if (unsaid.length > 0)
    throw new Failure(`The types leave something unsaid:\n${unsaid.join("\n")}`);
  note("docs/api/ tells what the types say.");
});
