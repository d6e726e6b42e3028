// The browser download of a client: a small program around it, bundled like an application.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { weigh } from "../../scripts/lib/compressed-size.mjs";

const NOTHING = fileURLToPath(new URL("nothing.mjs", import.meta.url));
const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));

const OPTIONS = {
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "error",
};

/**
 * The size of a file's bundle, as `{ raw, gzip, brotli }`. `without` names modules that browsers lack;
 * they are replaced by an empty one.
 */
export async function bundleSize(file, { without = [] } = {}) {
  const alias = Object.fromEntries(without.map((name) => [name, NOTHING]));
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [pathOf(file)], alias });
  return weigh(outputFiles[0].contents);
}

/**
 * The bundles of several files, with their lazy parts, as a map of URLs to texts. Imports for other
 * runtimes stay unresolved.
 */
export async function bundleFiles(files) {
  const entryPoints = files.map(pathOf);
  const more = { splitting: true, outdir: "/", external: ["bun:*", "node:*"] };
  const { outputFiles } = await build({ ...OPTIONS, ...more, entryPoints });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
