// What differs from a commit, and the stages of `npm test` that this touches.
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { resolved, scriptImports } from "./imports.mjs";
import { note } from "./log.mjs";
import { Failure, capture, root } from "./run.mjs";
import { testsIn } from "./stages.mjs";

/** The paths that differ from a commit, in it or not yet; by default the commit where main was left. */
export function changedFiles(since = whereMainWasLeft()) {
  const differing = capture("git", ["diff", "--name-only", "--no-renames", since, "--"]);
  if (differing === undefined) throw new Failure(`--changed ${since}: git knows no such commit`);
  const untracked = capture("git", ["ls-files", "--others", "--exclude-standard"]);
  return [...new Set(`${differing}\n${untracked}`.split("\n").filter(Boolean))];
}

/** On main itself, the commit that was last pushed. */
function whereMainWasLeft() {
  const head = capture("git", ["rev-parse", "HEAD"]);
  const bases = ["main", "origin/main", "@{upstream}"].map((name) => capture("git", ["merge-base", "HEAD", name]));
  const known = bases.filter(Boolean);
  if (known.length === 0) throw new Failure("There is no branch main to compare with. Name a commit: npm test -- --changed HEAD~1");
  const base = known.find((commit) => commit !== head) ?? head;
  note(`Compared with ${base.slice(0, 12)}`);
  return base;
}

/** The stages that a change of these files touches. A file that no stage names or imports touches all of them. */
export function stagesOf(stages, files) {
  const touching = stages.map((stage) => [stage, dependencies(stage)]);
  const touched = new Set(
    files.flatMap((file) => {
      const found = touching.filter(([, dependsOn]) => dependsOn(file)).map(([stage]) => stage);
      return found.length > 0 ? found : stages;
    }),
  );
  return stages.filter((stage) => touched.has(stage));
}

/** Whether a stage depends on a file: it is in a folder of its tests, one of them imports it, or its paths name it. */
function dependencies({ tests = [], paths }) {
  const imported = importedBy(tests.flatMap(testsIn));
  const named = [...paths, ...tests.map((folder) => `${folder}/`)];
  return (file) =>
    imported.has(file) || named.some((path) => (typeof path === "string" ? file.startsWith(path) : path.test(file)));
}

/** The files of the repository that these import, directly or through others. */
function importedBy(files) {
  const found = new Set(files);
  for (const file of found) {
    if (!existsSync(join(root, file))) continue;
    for (const { specifier } of importsIn(file)) {
      const target = resolved(file, specifier);
      if (target && !target.includes("node_modules")) found.add(target);
    }
  }
  return found;
}

const read = new Map();

function importsIn(file) {
  if (!read.has(file)) read.set(file, scriptImports(readFileSync(join(root, file), "utf8")));
  return read.get(file);
}
