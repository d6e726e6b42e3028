// The measurements in Node, each in its own process.
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/lib/run.mjs";
import { WITHOUT } from "../../scripts/lib/without-models.mjs";
import { median } from "./median.mjs";

const FIRST_CALL = fileURLToPath(new URL("first-in-node.mjs", import.meta.url));
const GROWTH = fileURLToPath(new URL("growth.mjs", import.meta.url));
const LOOPS = new URL("loops.mjs", import.meta.url).href;

const run = (args) => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));

/** The medians of this many processes, in milliseconds. */
export function firstInNode(name, times) {
  return median(Array.from({ length: times }, () => run([FIRST_CALL, name])));
}

/** `quote` of all models by the number of listings, as `{ listings: { us, bytes } }`. */
export function growthInNode() {
  const folder = join(root, WITHOUT, "package");
  // The package with the module without models: its glue belongs to it.
  cpSync(join(root, "pkg", "dist"), folder, { recursive: true });
  for (const name of ["glue.js", "filmgate.wasm"]) cpSync(join(root, WITHOUT, name), join(folder, name));
  return run(["--expose-gc", GROWTH, folder]);
}

export function loopsInNode() {
  const program = `import { loops } from ${JSON.stringify(LOOPS)}; console.log(JSON.stringify(await loops()));`;
  return run(["--input-type=module", "--expose-gc", "--eval", program]);
}
