// All files contain the same version, and a tag must match it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dated, problems, versions } from "../release.mjs";

const named = { "Cargo.toml": "0.2.0", "pkg/package.json": "0.2.0" };
const changelog = "# Changelog\n\n## 0.2.0, 2026-12-01\n";
const ready = { named, changelog, repository: { type: "git", url: "git+https://example.com/filmgate.git" } };

test("every file has the same version", () => {
  const all = Object.values(versions());
  assert.equal(new Set(all).size, 1, JSON.stringify(versions()));
  assert.match(all[0], /^\d+\.\d+\.\d+/);
});

test("a tag that matches all files can be released", () => {
  assert.deepEqual(problems("v0.2.0", ready), []);
});

test("a file with another version is reported", () => {
  const other = { ...named, "pkg/package.json": "0.1.0" };
  assert.deepEqual(problems("v0.2.0", { ...ready, named: other }), ["pkg/package.json has 0.1.0"]);
});

test("a version without a release date is not released", () => {
  const coming = "# Changelog\n\n## 0.2.0, not yet released\n\n- A change\n";
  assert.deepEqual(problems("v0.2.0", { ...ready, changelog: coming }), ["CHANGELOG.md has no release date"]);
  assert.deepEqual(problems("v0.2.0", { ...ready, changelog: dated(coming, "0.2.0", "2026-12-01") }), []);
});

test("an empty tag or a branch name is not a version", () => {
  for (const tag of ["", "main", "v1", "v1.2.3.4"]) {
    assert.deepEqual(problems(tag, ready), [`${tag} is not a version`]);
  }
});

test("a package without its repository is not released, since npm would refuse it", () => {
  assert.deepEqual(problems("v0.2.0", { ...ready, repository: null }), [
    "pkg/package.json has no `repository`",
  ]);
});
