// The modules below the page, as a bundler gives them to it.
import { build } from "esbuild";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/lib/run.mjs";

/** A folder inside the repository, in which its packages are found; deleted with the process. */
export function outputFolder() {
  const outer = join(root, "tests", "output");
  mkdirSync(outer, { recursive: true });
  const folder = mkdtempSync(join(outer, "page-logic-"));
  if (folders.length === 0) process.once("exit", removeFolders);
  folders.push(folder);
  return folder;
}

const folders = [];

function removeFolders() {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Imports `www/src/<path>` in Node. */
export async function importModule(path) {
  const outfile = join(outputFolder(), "module.mjs");
  await build({
    entryPoints: [join(root, "www", "src", path)],
    outfile,
    bundle: true,
    format: "esm",
    packages: "external",
    target: "es2022",
  });
  return import(pathToFileURL(outfile).href);
}

/** The text of a module for a page: a script that sets `globalThis.<name>` to what `www/src/<path>` exports. */
export async function browserScript(path, name) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as all from "./${path}"; globalThis[${JSON.stringify(name)}] = all;`,
      resolveDir: join(root, "www", "src"),
    },
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  return outputFiles[0].text;
}
