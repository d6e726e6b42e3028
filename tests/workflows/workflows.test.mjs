// The workflow files, as far as they can be checked without running them: GitHub's schema, what zizmor knows to
// be unsafe (an action that is not pinned, a token with more rights than it needs, a name that a shell would
// carry out), and that what they run is there.
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

test("they are what GitHub reads", () => {
  passes("check-jsonschema", ["--builtin-schema", "vendor.github-workflows", ...files]);
});

test("nothing in them is known to be unsafe", () => {
  passes("zizmor", ["--offline", "--strict-collection", "--no-progress", ...files]);
});

test("every npm script that they run is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const run = [...text.matchAll(/npm (?:run )?(test\b[:\w-]*|(?<=run )[\w:-]+)/g)].map(([, name]) => name);
  assert.ok(run.length >= 5);
  for (const name of run) assert.ok(name in scripts, name);
});

test("the release is packed once, and only its publishing jobs may ask for a token", () => {
  const release = readFileSync(join(FOLDER, "release.yml"), "utf8");
  assert.equal(release.match(/npm pack/g).length, 1);
  const jobs = release.split(/^ {2}(?=\w+:$)/m).slice(1);
  const asking = jobs.filter((job) => job.includes("id-token: write"));
  assert.deepEqual(asking.map((job) => job.split(":")[0]), ["npm", "crate"]);
});
