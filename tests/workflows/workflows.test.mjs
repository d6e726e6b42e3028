// The workflow files, checked without running them: GitHub's schema, zizmor's security rules (unpinned actions,
// tokens with excessive permissions, shell injection), and that their npm scripts exist.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pythonPackages } from "../../scripts/lib/python.mjs";
import { root } from "../../scripts/lib/run.mjs";

const FOLDER = join(root, ".github", "workflows");
const programs = pythonPackages("tests/workflows");
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));

function passes(program, args) {
  const { status, stdout, stderr } = spawnSync(join(programs, program), args, { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
}

test("they match GitHub's schema", () => {
  passes("check-jsonschema", ["--builtin-schema", "vendor.github-workflows", ...files]);
});

test("zizmor finds nothing unsafe", () => {
  passes("zizmor", ["--offline", "--strict-collection", "--no-progress", ...files]);
});

test("every npm script that they run exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const run = [...text.matchAll(/npm (?:run )?(test\b[:\w-]*|(?<=run )[\w:-]+)/g)].map(([, name]) => name);
  assert.ok(run.length >= 5);
  for (const name of run) assert.ok(name in scripts, name);
});

test("the release is packed once, and only its publishing jobs may request a token", () => {
  const release = readFileSync(join(FOLDER, "release.yml"), "utf8");
  assert.equal(release.match(/npm pack/g).length, 1);
  const jobs = release.split(/^ {2}(?=\w+:$)/m).slice(1);
  const requesting = jobs.filter((job) => job.includes("id-token: write"));
  assert.deepEqual(requesting.map((job) => job.split(":")[0]), ["npm", "crate"]);
});
