// filmgate's own sizes, and whether they have grown beyond the recorded ones.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compilerOf } from "../../scripts/lib/wasm.mjs";
import { weigh } from "../../scripts/lib/compressed-size.mjs";
import { bundleSize } from "./bundle.mjs";
import { ours } from "./programs.mjs";

const MODULE = fileURLToPath(new URL("../../pkg/dist/filmgate.wasm", import.meta.url));
const RESULTS = fileURLToPath(new URL("../results/size.json", import.meta.url));

// In thousandths: another compiler version or build makes different bytes of the same sources.
const SLACK = { same: 2, other: 50 };

/** The module and the bundles of the built package, as `{ compiler, weights: { name: { raw, gzip, brotli } } }`. */
export async function ownWeights(toolchain) {
  const weights = { module: weigh(readFileSync(MODULE)) };
  for (const { name, file } of ours) weights[name] = await bundleSize(file);
  return { compiler: compilerOf(toolchain), weights };
}

/** Sizes above the recorded ones, one per line. */
export function growth(now, written = JSON.parse(readFileSync(RESULTS, "utf8")).own) {
  const slack = now.compiler === written.compiler ? SLACK.same : SLACK.other;
  return Object.entries(now.weights).flatMap(([name, weight]) => {
    const before = written.weights[name];
    if (!before) return [`${name} is not written down`];
    const grown = Object.keys(weight).filter(
      (how) => weight[how] * 1000 > before[how] * (1000 + slack),
    );
    return grown.map((how) => `${name}, ${how}: ${weight[how]} bytes, written down ${before[how]}`);
  });
}
