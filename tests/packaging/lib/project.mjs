// The consumers' projects as their owners have them: outside this checkout, with the packed package.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../scripts/lib/run.mjs";
import { once } from "./once.mjs";
import { output } from "./programs.mjs";

const PROJECTS = join(root, "tests", "packaging");
const INSTALL = [
  "install",
  "--prefer-offline",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
];

/** The version of a tool that a project is tried with. */
export function pinned(name, tool) {
  const { dependencies, devDependencies, optionalDependencies } = read(
    join(PROJECTS, name, "package.json"),
  );
  return { ...dependencies, ...devDependencies, ...optionalDependencies }[tool];
}

const read = (path) => JSON.parse(readFileSync(path, "utf8"));

let place;
function temporary() {
  if (!place) {
    place = mkdtempSync(join(tmpdir(), "filmgate-packaging-"));
    process.once("exit", () => rmSync(place, { recursive: true, force: true }));
  }
  return place;
}

const pack = once(async () => {
  const args = ["pack", "--json", "--pack-destination", temporary()];
  const [packed] = JSON.parse(await output("npm", args, { cwd: join(root, "pkg") }));
  const { filename, files, size, unpackedSize } = packed;
  const paths = files.map(({ path }) => path);
  return { path: join(temporary(), filename), files: paths, size, unpackedSize };
});

/** What `npm pack` makes of pkg/, once in a process: its path, its files, its sizes. */
export const tarball = () => pack("filmgate");

/**
 * A consumer's folder after `npm install <tarball>`: its package.json pins what it uses, and what these use
 * in turn is what npm installs on that day. `common/` is beside its own files.
 */
export const project = once(async (name) => {
  const folder = join(temporary(), name);
  const without = (path) => !path.endsWith("node_modules");
  cpSync(join(PROJECTS, name), folder, { recursive: true, filter: without });
  cpSync(join(PROJECTS, "common"), join(folder, "common"), { recursive: true });
  cpSync(join(PROJECTS, ".npmrc"), join(folder, ".npmrc"));
  await output("npm", [...INSTALL, (await tarball()).path], { cwd: folder });
  return folder;
});

/** `npm run build` of a project, once. */
export const built = once(async (name, node) => {
  const folder = await project(name);
  await output("npm", ["run", "build"], { cwd: folder, node });
  return folder;
});
