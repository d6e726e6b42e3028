// `npm run site -- out/`: page, documentation, API reference and the files for models, for a static host, at any path.
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { note } from "./lib/log.mjs";
import { buildPage } from "./lib/page.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { npmPackages } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

const OPTIONS = { url: { type: "string" }, repository: { type: "string" } };

await main(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [given] = positionals;
  if (given === undefined) throw new Failure("Name the folder, which is replaced: npm run site -- out/");
  const folder = resolve(root, given);
  if (!relative(folder, root).startsWith("..") && relative(folder, root) !== "") {
    throw new Failure(`${given} contains this repository. Name a folder of its own.`);
  }
  await build(await setUpBuild());
  await npmPackages("scripts/site");
  await buildPage(folder, { ...values, docs: "docs/" });
  const { writeDocumentation } = await import("./site/build.mjs");
  const pages = await writeDocumentation(folder, values);
  note(`The site with ${pages.length} pages is in ${given}: serve it as it is, at any path.`);
});
