// `npm run site -- out/`: page, documentation, API reference and the files for models, for a static host, at any path.
import { build } from "./build.mjs";
import { note } from "./lib/log.mjs";
import { buildPage, requestedFolder } from "./lib/page.mjs";
import { main } from "./lib/run.mjs";
import { npmPackages } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  const { given, folder, values } = requestedFolder("site");
  await build(await setUpBuild());
  await npmPackages("scripts/site");
  await buildPage(folder, { ...values, docs: "docs/" });
  const { writeDocumentation } = await import("./site/build.mjs");
  const pages = await writeDocumentation(folder, values);
  note(`The site with ${pages.length} pages is in ${given}: serve it as it is, at any path.`);
});
