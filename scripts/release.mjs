// The version, which stands in four places. `npm run release -- 0.2.0` writes it into all of them, for a commit
// of its own; `npm run release -- --check v0.2.0` sees that a tag is what they say.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, isMain, main, must, root } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const COMING = "not yet released";

// Each file's version is the first that its pattern finds.
const PLACES = {
  "Cargo.toml": /^version = "([^"]+)"/m,
  "Cargo.lock": /^name = "filmgate"\nversion = "([^"]+)"/m,
  "pkg/package.json": /^ {2}"version": "([^"]+)"/m,
  "CHANGELOG.md": /^## (\S+), /m,
};

const read = (path) => readFileSync(join(root, path), "utf8");

/** The version that each place names. */
export const versions = () =>
  Object.fromEntries(Object.entries(PLACES).map(([path, at]) => [path, read(path).match(at)?.[1]]));

/** The package's own description, as npm reads it. */
const manifest = () => JSON.parse(read("pkg/package.json"));

/** What keeps a tag from being released, a line each. */
export function obstacles(
  tag,
  { named = versions(), changelog = read("CHANGELOG.md"), repository = manifest().repository } = {},
) {
  const wanted = tag.replace(/^v/, "");
  if (!SEMVER.test(wanted)) return [`${tag} is no version`];
  const wrong = Object.entries(named).filter(([, version]) => version !== wanted);
  const lines = wrong.map(([path, version]) => `${path} says ${version}`);
  if (changelog.includes(`## ${wanted}, ${COMING}`)) lines.push("CHANGELOG.md names no day");
  // npm holds a provenance's repository against it, and refuses the publishing after all tests have passed.
  if (!repository) lines.push("pkg/package.json names no `repository`");
  return lines;
}

/** The changelog with its coming version under that number and day. */
export function dated(changelog, version, day) {
  const heading = new RegExp(`^## \\S+, ${COMING}$`, "m");
  if (!heading.test(changelog)) throw new Failure("CHANGELOG.md has no version that is to come.");
  return changelog.replace(heading, `## ${version}, ${day}`);
}

async function write(version) {
  if (!SEMVER.test(version)) throw new Failure(`${version} is no version such as 0.2.0.`);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(join(root, "CHANGELOG.md"), dated(read("CHANGELOG.md"), version, day));
  for (const path of ["Cargo.toml", "pkg/package.json"]) {
    const put = (line, old) => line.replace(old, version);
    writeFileSync(join(root, path), read(path).replace(PLACES[path], put));
  }
  await must("cargo", ["update", "--workspace", "--offline", "--quiet"]);
  note(`Now ${version} everywhere. Commit it, tag the commit v${version}, and push the tag.`);
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const [first, tag] = process.argv.slice(2);
    if (!first) throw new Failure("Say which version: npm run release -- 0.2.0");
    if (first !== "--check") return write(first);
    const lines = obstacles(tag ?? "");
    if (lines.length > 0) throw new Failure(`${tag} cannot be released:\n${lines.join("\n")}`);
    note(`${tag} is what all ${Object.keys(PLACES).length} places say.`);
  });
}
