// One version in all places, and a tag that fits it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dated, obstacles, versions } from "../release.mjs";

const named = { "Cargo.toml": "0.2.0", "pkg/package.json": "0.2.0" };
const changelog = "# Changelog\n\n## 0.2.0, 2026-12-01\n";
const ready = { named, changelog, repository: { type: "git", url: "git+https://example.com/filmgate.git" } };

test("every place names the same version", () => {
  const all = Object.values(versions());
  assert.equal(new Set(all).size, 1, JSON.stringify(versions()));
  assert.match(all[0], /^\d+\.\d+\.\d+/);
});

test("a tag that all places name can be released", () => {
  assert.deepEqual(obstacles("v0.2.0", ready), []);
});

test("a place that names another version is told", () => {
  const other = { ...named, "pkg/package.json": "0.1.0" };
  assert.deepEqual(obstacles("v0.2.0", { ...ready, named: other }), ["pkg/package.json says 0.1.0"]);
});

test("what is not yet dated in the changelog is not released", () => {
  const coming = "# Changelog\n\n## 0.2.0, not yet released\n\n- A change\n";
  assert.deepEqual(obstacles("v0.2.0", { ...ready, changelog: coming }), ["CHANGELOG.md names no day"]);
  assert.deepEqual(obstacles("v0.2.0", { ...ready, changelog: dated(coming, "0.2.0", "2026-12-01") }), []);
});

test("neither an empty tag nor a branch's name is a version", () => {
  for (const tag of ["", "main", "v1", "v1.2.3.4"]) {
    assert.deepEqual(obstacles(tag, ready), [`${tag} is no version`]);
  }
});

test("a package without its repository is not released: npm would refuse it at the very end", () => {
  assert.deepEqual(obstacles("v0.2.0", { ...ready, repository: null }), [
    "pkg/package.json names no `repository`",
  ]);
});
