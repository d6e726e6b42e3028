// Writes docs/api/, which git does not have, from the types that the package ships: `npm run docs`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  await build(await setUpBuild());
  // Its packages are installed by now.
  const { writeReference } = await import("../tests/docs/lib/api.mjs");
  const folder = join(root, "docs", "api");
  rmSync(folder, { recursive: true, force: true });
  const undocumented = await writeReference(folder);
  if (undocumented.length > 0)
    throw new Failure(`Undocumented types:\n${undocumented.join("\n")}`);
  note("docs/api/ matches the types.");
});
