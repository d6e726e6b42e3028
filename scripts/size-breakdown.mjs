// The module's size by crate and by our modules, measured on a build with names. `npm run size:breakdown`;
// `-- --functions 40` lists the largest functions.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { main, root } from "./lib/run.mjs";
import { step } from "./lib/log.mjs";
import { buildModule, compilerOf } from "./lib/wasm.mjs";
import { functionsOf, sectionsOf } from "./lib/wasm-parser.mjs";
import { weigh } from "./lib/compressed-size.mjs";
import { setUpBuild } from "./setup.mjs";

const FOLDER = "target/named";
const SECTIONS = { 2: "imports", 7: "exports", 9: "table", 10: "code", 11: "data" };
// Our code by file or folder; other code by crate.
const OURS = /filmgate\b(?:::(\w+))?(?:::([a-z]\w*))?/;
const OTHERS = /\b(js_sys|wasm_bindgen_futures|wasm_bindgen|gloo_net|web_sys|dlmalloc|core|alloc|std)\b/;

await main(async () => {
  const { values } = parseArgs({ options: { functions: { type: "string", default: "0" } } });
  const tools = await setUpBuild();
  step("The module with its names", "2 to 4 minutes the first time, then seconds");
  const what = { crate: "filmgate", folder: FOLDER, name: "glue", wasm: "filmgate.wasm" };
  await buildModule({ ...what, named: true, ...tools });
  const module = readFileSync(join(root, FOLDER, "filmgate.wasm"));
  console.log(compilerOf(tools.toolchain));

  console.log("\n| section | raw | gzip | brotli |\n|---|--:|--:|--:|");
  for (const { id, bytes } of sectionsOf(module)) {
    if (id in SECTIONS) row(SECTIONS[id], bytes);
  }
  const functions = functionsOf(module);
  console.log("\n| code of | functions | raw | gzip | brotli |\n|---|--:|--:|--:|--:|");
  const areas = grouped(functions);
  const size = (list) => list.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (const [area, list] of [...areas].sort((a, b) => size(b[1]) - size(a[1]))) {
    row(`${area} | ${list.length}`, Buffer.concat(list.map(({ bytes }) => bytes)));
  }
  const largest = functions.sort((a, b) => b.bytes.length - a.bytes.length);
  for (const { name, bytes } of largest.slice(0, Number(values.functions))) {
    console.log(`${String(bytes.length).padStart(6)} ${name}`);
  }
});

function row(name, bytes) {
  const { raw, gzip, brotli } = weigh(bytes);
  console.log(`| ${name} | ${raw} | ${gzip} | ${brotli} |`);
}

function grouped(functions) {
  const areas = new Map();
  for (const each of functions) {
    const area = areaOf(each);
    areas.set(area, [...(areas.get(area) ?? []), each]);
  }
  return areas;
}

/** Inlined code counts for the function it is inlined into. */
function areaOf({ name }) {
  if (/drop_glue|drop_in_place/.test(name)) return "drop glue of all types";
  const [, first, second] = OURS.exec(name) ?? [];
  if (first) return second && first === "request" ? `filmgate::${first}::${second}` : `filmgate::${first}`;
  const [other] = OTHERS.exec(name) ?? [];
  return other ?? "exports, including inlined code";
}
