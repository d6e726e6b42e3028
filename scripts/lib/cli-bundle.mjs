// Bundles the command line and the MCP server with their libraries, and writes the notices of these beside them.
import { chmodSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Failure, root } from "./run.mjs";

const SOURCES = join(root, "pkg", "src");
/** Rooms that are bundled. The others are compiled. */
const ROOMS = ["cli", "mcp"].map((name) => join(SOURCES, name));
const NOTICES = "THIRD-PARTY.txt";

/** Licenses whose notice is enough. Any other needs a look. */
const LICENSES = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0"]);

/**
 * Writes `filmgate.js`, `mcp.js` and the notices into a folder of the built package. The client is bundled, too, but not
 * its WebAssembly: that is read from the package's files. A command runs its part of the bundle only. The MCP server is a
 * file of its own: only its command loads it.
 */
export async function bundleCli(folder) {
  // An npm package, which is installed by now.
  const { build } = await import("esbuild");
  const { version, engines } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { filmgate: join(SOURCES, "cli", "main.ts"), mcp: join(SOURCES, "mcp", "index.ts") },
    outdir: join(root, folder),
    bundle: true,
    format: "esm",
    platform: "node",
    target: `node${engines.node.replace(/[^\d.]/g, "")}`,
    minify: true,
    metafile: true,
    legalComments: "none",
    define: { FILMGATE_VERSION: JSON.stringify(version) },
    // Libraries in CommonJS require Node's modules.
    banner: { js: "#!/usr/bin/env node\nimport{createRequire as filmgateRequire}from'node:module';const require=filmgateRequire(import.meta.url);" },
    plugins: [clientIsBuilt],
    logLevel: "warning",
  });
  chmodSync(join(root, folder, "filmgate.js"), 0o755);
  writeFileSync(join(root, folder, NOTICES), notices(bundledPackages(metafile)));
}

/** What the sources import from outside their folder is compiled already. One file loads faster than many. */
const clientIsBuilt = {
  name: "client-is-built",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const roomOf = (file) => ROOMS.find((room) => file === room || file.startsWith(`${room}${sep}`));
      const target = join(resolveDir, path);
      const room = roomOf(resolveDir);
      if (resolveDir.includes("node_modules") || !room || roomOf(target) === room) return undefined;
      if (roomOf(target)) return { path: "./mcp.js", external: true };
      return { path: join(root, "pkg", "dist", relative(SOURCES, target)) };
    });
  },
};

/** The folders of the packages that have code in the bundle. */
export function bundledPackages({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
  const folders = inputs.flatMap((path) => {
    const at = path.lastIndexOf("node_modules/");
    if (at < 0) return [];
    const [scope, name] = path.slice(at + "node_modules/".length).split("/");
    return [path.slice(0, at) + join("node_modules", scope.startsWith("@") ? join(scope, name) : scope)];
  });
  return [...new Set(folders)].sort();
}

/** The name, version and license text of each package. */
function notices(folders) {
  const parts = folders.map((folder) => {
    const full = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(full, "package.json"), "utf8"));
    if (!LICENSES.has(license)) throw new Failure(`${name} has the license ${license}: see whether it can be bundled.`);
    const file = readdirSync(full).find((found) => /^licen[cs]e/i.test(found));
    if (!file) throw new Failure(`${name} has no license file, so that its notice is unknown: use another package.`);
    const text = readFileSync(join(full, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const rule = `\n${"-".repeat(80)}\n\n`;
  return `The command line of filmgate contains these packages:\n\n${parts.join(rule)}`;
}
