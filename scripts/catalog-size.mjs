// Measures the catalog in the module: its bytes with and without the models. `npm run size:catalog`
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { main, root } from "./lib/run.mjs";
import { WITHOUT, buildWithoutModels } from "./lib/without-models.mjs";
import { weigh } from "./lib/compressed-size.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  const tools = await setUpBuild();
  await build(tools);
  await buildWithoutModels(tools);
  const whole = weigh(read("pkg/dist/filmgate.wasm"));
  const without = weigh(read(join(WITHOUT, "filmgate.wasm")));
  const { createFilmgate } = await import(join(root, "pkg/dist/index.js"));
  const models = createFilmgate().models();
  const listings = models.reduce((sum, model) => sum + model.listings.length, 0);
  console.log(`${models.length} models, ${listings} listings`);
  for (const [how, bytes] of Object.entries(whole)) {
    const rows = bytes - without[how];
    const each = Math.round(rows / listings);
    console.log(`${how.padEnd(6)} ${bytes} with, ${without[how]} without: ${rows}, ${each} a listing`);
  }
});

function read(path) {
  return readFileSync(join(root, path));
}
