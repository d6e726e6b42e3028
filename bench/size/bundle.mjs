// What a browser downloads of a client: a small program around it, bundled as an application would be.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { weigh } from "../../scripts/lib/weigh.mjs";

const NOTHING = fileURLToPath(new URL("nothing.mjs", import.meta.url));
const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));

/** The bundle of one file here, as text. `without` names modules that no browser has, and gets nothing for. */
export async function bundle(file, { without = [], ...more } = {}) {
  const { outputFiles } = await build({
    entryPoints: [pathOf(file)],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    alias: Object.fromEntries(without.map((name) => [name, NOTHING])),
    write: false,
    logLevel: "error",
    ...more,
  });
  return outputFiles[0].text;
}

/** Its size as `{ raw, gzip, brotli }`. */
export const bundleSize = async (file, options) =>
  weigh(Buffer.from(await bundle(file, options)));
