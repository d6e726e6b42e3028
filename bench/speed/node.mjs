// The measurements in Node, each in its own process.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./median.mjs";

const FIRST_CALL = fileURLToPath(new URL("first-in-node.mjs", import.meta.url));
const LOOPS = new URL("loops.mjs", import.meta.url).href;

const run = (args) => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));

/** The medians of this many processes, in milliseconds. */
export function firstInNode(name, times) {
  return median(Array.from({ length: times }, () => run([FIRST_CALL, name])));
}

export function loopsInNode() {
  const program = `import { loops } from ${JSON.stringify(LOOPS)}; console.log(JSON.stringify(await loops()));`;
  return run(["--input-type=module", "--expose-gc", "--eval", program]);
}
