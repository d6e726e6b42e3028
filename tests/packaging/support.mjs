// The package as a stranger gets it: packed, and installed in an empty project.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Packs pkg/ and installs the tarball in a fresh folder; `files` are those of the tarball. */
export function consumer(t) {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-consumer-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const npm = (cwd, ...args) => execFileSync("npm", args, { cwd, encoding: "utf8" });
  const packed = npm(join(root, "pkg"), "pack", "--json", "--pack-destination", folder);
  const [{ filename, files, size, unpackedSize }] = JSON.parse(packed);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", join(folder, filename));
  return { folder, files: files.map(({ path }) => path), size, unpackedSize };
}

/** Runs a script in the folder; answers with what it printed, read as JSON. */
export function run(folder, name, script) {
  writeFileSync(join(folder, name), script);
  return JSON.parse(execFileSync(process.execPath, [name], { cwd: folder, encoding: "utf8" }));
}
