// The measurements in Node, each in a process of its own.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./median.mjs";

const FIRST = fileURLToPath(new URL("first-in-node.mjs", import.meta.url));
const LOOPS = new URL("loops.mjs", import.meta.url).href;

const told = (args) => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));

/** The medians of so many processes, in milliseconds. */
export function firstInNode(name, times) {
  return median(Array.from({ length: times }, () => told([FIRST, name])));
}

export function loopsInNode() {
  const program = `import { loops } from ${JSON.stringify(LOOPS)}; console.log(JSON.stringify(await loops()));`;
  return told(["--input-type=module", "--expose-gc", "--eval", program]);
}
