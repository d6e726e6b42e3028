// Writes the programs that run in Node and, bundled, in a page: with an older package in them, if one is compared.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/lib/run.mjs";

const FOLDER = join(root, "target", "bench", "speed");
const DIST = join(root, "pkg", "dist");
const here = (name) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));

/**
 * Returns the paths `{ node, page, loops }`: `first(name)` of the first two measures a first call with Node's or with a
 * browser's entry, and `loops(options)` repeated calls. `baseline` is the folder of the older package.
 */
export function writePrograms(baseline) {
  const older = baseline && join(baseline, "pkg", "dist");
  mkdirSync(FOLDER, { recursive: true });
  const write = (name, lines) => {
    const path = join(FOLDER, `${name}.mjs`);
    writeFileSync(path, `${lines.filter(Boolean).join("\n")}\n`);
    return path;
  };
  return {
    node: write("node", first(join(DIST, "node", "default.js"), older)),
    page: write("page", first(join(DIST, "index.js"), older)),
    loops: write("loops", loops(older)),
  };
}

const importOf = (folder, file = "index.js") => JSON.stringify(join(folder, file));

function first(entry, older) {
  return [
    `import * as measured from ${here("first.mjs")};`,
    `const load = () => import(${JSON.stringify(entry)});`,
    "const clients = { filmgate: measured.filmgateBy(load), ready: measured.readyBy(load), ...measured.peers };",
    older && `clients.baseline = measured.baselineBy(() => import(${importOf(older)}));`,
    "export const first = (name) => measured.first(clients[name]);",
  ];
}

function loops(older) {
  return [
    `import * as measured from ${here("loops.mjs")};`,
    `import * as filmgate from ${here("current.mjs")};`,
    older && `import { baselineOf } from ${here("baseline.mjs")};`,
    older && `import * as entry from ${importOf(older)};`,
    older && `import * as core from ${importOf(older, "core.js")};`,
    older ? "const filmgates = { filmgate, baseline: baselineOf(entry, core) };" : "const filmgates = { filmgate };",
    "export const loops = (options) => measured.loops(filmgates, options);",
  ];
}
