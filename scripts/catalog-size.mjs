// Measures the catalog's rows: the module with and without them. `npm run size:catalog`
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { main, root } from "./lib/run.mjs";
import { step } from "./lib/log.mjs";
import { buildModule } from "./lib/wasm.mjs";
import { weigh } from "./lib/compressed-size.mjs";
import { setUpBuild } from "./setup.mjs";

const WITHOUT = "target/without-rows";

await main(async () => {
  const tools = await setUpBuild();
  await build(tools);
  step("The same module without rows", "2 to 4 minutes the first time, then seconds");
  const name = { crate: "filmgate", folder: WITHOUT, name: "glue", wasm: "filmgate.wasm" };
  await buildModule({ ...name, more: ["--cfg=filmgate_without_rows"], ...tools });
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
