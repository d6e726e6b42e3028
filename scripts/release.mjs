// The version, which four files contain. `npm run release -- 0.2.0` writes it into all of them, for a separate
// commit; `npm run release -- --check v0.2.0` checks that a tag matches them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, isMain, main, root, run } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const UNRELEASED = "not yet released";

// The version in each file is the first match of its pattern.
const VERSION_PATTERNS = {
  "Cargo.toml": /^version = "([^"]+)"/m,
  "Cargo.lock": /^name = "filmgate"\nversion = "([^"]+)"/m,
  "pkg/package.json": /^ {2}"version": "([^"]+)"/m,
  "CHANGELOG.md": /^## (\S+), /m,
};

const read = (path) => readFileSync(join(root, path), "utf8");

/** The version in each file. */
export const versions = () =>
  Object.fromEntries(Object.entries(VERSION_PATTERNS).map(([path, at]) => [path, read(path).match(at)?.[1]]));

/** The package's manifest. */
const manifest = () => JSON.parse(read("pkg/package.json"));

/** The reasons why a tag cannot be released, one per line. */
export function problems(
  tag,
  { named = versions(), changelog = read("CHANGELOG.md"), repository = manifest().repository } = {},
) {
  const wanted = tag.replace(/^v/, "");
  if (!SEMVER.test(wanted)) return [`${tag} is not a version`];
  const wrong = Object.entries(named).filter(([, version]) => version !== wanted);
  const lines = wrong.map(([path, version]) => `${path} has ${version}`);
  if (changelog.includes(`## ${wanted}, ${UNRELEASED}`)) lines.push("CHANGELOG.md has no release date");
  // npm compares the provenance with it, and would refuse to publish after all tests have passed.
  if (!repository) lines.push("pkg/package.json has no `repository`");
  return lines;
}

/** The changelog with its unreleased version dated. */
export function dated(changelog, version, day) {
  const heading = new RegExp(`^## \\S+, ${UNRELEASED}$`, "m");
  if (!heading.test(changelog)) throw new Failure("CHANGELOG.md has no unreleased version.");
  return changelog.replace(heading, `## ${version}, ${day}`);
}

async function write(version) {
  if (!SEMVER.test(version)) throw new Failure(`${version} is not a version such as 0.2.0.`);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(join(root, "CHANGELOG.md"), dated(read("CHANGELOG.md"), version, day));
  for (const path of ["Cargo.toml", "pkg/package.json"]) {
    const put = (line, old) => line.replace(old, version);
    writeFileSync(join(root, path), read(path).replace(VERSION_PATTERNS[path], put));
  }
  await run("cargo", ["update", "--workspace", "--offline", "--quiet"]);
  note(`Set to ${version}. Commit, tag the commit v${version}, and push the tag.`);
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const [first, tag] = process.argv.slice(2);
    if (!first) throw new Failure("Usage: npm run release -- 0.2.0");
    if (first !== "--check") return write(first);
    const lines = problems(tag ?? "");
    if (lines.length > 0) throw new Failure(`${tag} cannot be released:\n${lines.join("\n")}`);
    note(`${tag} matches all ${Object.keys(VERSION_PATTERNS).length} files.`);
  });
}
