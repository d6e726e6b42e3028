// `npm run page -- out/`: the page for a static host. Any folder or sub-path of it will do.
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { note } from "./lib/log.mjs";
import { buildPage } from "./lib/page.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { setUpBuild } from "./setup.mjs";

const OPTIONS = { url: { type: "string" }, repository: { type: "string" } };

await main(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [given] = positionals;
  if (given === undefined) throw new Failure("Name the folder, which is replaced: npm run page -- out/");
  const folder = resolve(root, given);
  if (!relative(folder, root).startsWith("..") && relative(folder, root) !== "") {
    throw new Failure(`${given} contains this repository. Name a folder of its own.`);
  }
  await build(await setUpBuild());
  await buildPage(folder, values);
  note(`The page is in ${given}: serve it as it is, at any path.`);
});
