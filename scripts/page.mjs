// `npm run page -- out/`: the page for a static host. Any folder or sub-path of it will do.
import { build } from "./build.mjs";
import { note } from "./lib/log.mjs";
import { buildPage, requestedFolder } from "./lib/page.mjs";
import { main } from "./lib/run.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  const { given, folder, values } = requestedFolder("page");
  await build(await setUpBuild());
  await buildPage(folder, values);
  note(`The page is in ${given}: serve it as it is, at any path.`);
});
