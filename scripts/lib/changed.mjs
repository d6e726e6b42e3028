// What differs from a commit, and the stages of `npm test` that this touches.
import { Failure, capture } from "./run.mjs";

/** The paths that differ from a commit, in it or not yet; by default the commit where main was left. */
export function changedFiles(since) {
  const base = since ?? capture("git", ["merge-base", "HEAD", "main"]) ?? "HEAD";
  const differing = capture("git", ["diff", "--name-only", "--no-renames", base, "--"]);
  if (differing === undefined) throw new Failure(`--changed ${base}: git knows no such commit`);
  const untracked = capture("git", ["ls-files", "--others", "--exclude-standard"]);
  return [...new Set(`${differing}\n${untracked}`.split("\n").filter(Boolean))];
}

/** The stages that a change of these files touches. A file that no stage names touches all of them. */
export function stagesOf(stages, files) {
  const isTouched = (stage, file) =>
    stage.paths.some((path) => (typeof path === "string" ? file.startsWith(path) : path.test(file)));
  const touching = (file) => stages.filter((stage) => isTouched(stage, file));
  const touched = new Set(files.flatMap((file) => (touching(file).length > 0 ? touching(file) : stages)));
  return stages.filter((stage) => touched.has(stage));
}
