// `npm test -- --changed` finds what changed, and the stages that this touches.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { changedFiles, stagesOf } from "../lib/changed.mjs";
import { Failure, capture, root } from "../lib/run.mjs";
import { stages } from "../lib/stages.mjs";

const touched = (...files) => stagesOf(stages, files).map(({ name }) => name);

test("a file touches the stages that depend on it, in their order", () => {
  assert.deepEqual(touched("www/src/main.tsx"), ["gateway", "docs", "page", "firefox"]);
  assert.deepEqual(touched("tests/gateway/cron.test.mjs"), ["gateway"]);
  assert.deepEqual(touched("bench/README.md", "tests/cli/help.test.mjs"), ["cli", "docs", "bench"]);
  const core = touched("src/money.rs");
  for (const name of ["clippy", "rust", "fuzz", "wasm-node", "client", "gateway", "page"]) {
    assert.ok(core.includes(name), name);
  }
});

test("what a stage's tests import touches it, directly or through others", () => {
  const shared = {
    "tests/client/support.mjs": ["client", "cli", "mcp", "crate", "ai-sdk", "frontend", "gateway"],
    "tests/client/engine.mjs": ["client", "testing", "ai-sdk"],
    "tests/chromium.mjs": ["client", "testing", "packaging", "frontend", "gateway", "docs", "page"],
    "tests/packaging/lib/programs.mjs": ["cli", "packaging", "firefox"],
    "bench/growth/catalog.mjs": ["client", "bench"],
    "scripts/architecture.mjs": ["layers"],
    "scripts/worker-pack.mjs": ["gateway"],
    "scripts/lib/simulator.mjs": ["client", "crate", "clients", "bench"],
  };
  for (const [file, names] of Object.entries(shared)) {
    const found = touched(file);
    for (const name of names) assert.ok(found.includes(name), `${file}: ${name}`);
  }
});

test("what a stage's tests read touches it", () => {
  const read = {
    "docs/cli.md": "cli",
    "docs/testing.md": "testing",
    "docs/runtimes.md": "packaging",
    "README.md": "gateway",
    "bench/results/speed.json": "docs",
    "fuzz/seeds/record/runpod.json": "rust",
    "simulator/src/wasm.rs": "clippy-wasm",
    "package-lock.json": "scripts",
    "examples/gateway.mjs": "gateway",
  };
  for (const [file, name] of Object.entries(read)) assert.ok(touched(file).includes(name), `${file}: ${name}`);
});

test("a file that no stage names touches all of them, and nothing touches none", () => {
  assert.equal(touched("no-such-folder/file").length, stages.length);
  assert.deepEqual(touched(), []);
});

test("each path of a stage is there", () => {
  const files = capture("git", ["ls-files"]).split("\n");
  for (const { name, paths, tests = [] } of stages) {
    for (const path of [...paths, ...tests]) {
      const found = files.some((file) => (typeof path === "string" ? file.startsWith(path) : path.test(file)));
      assert.ok(found, `${name}: ${path}`);
    }
  }
});

test("a new file has changed, whether git tracks it or not", (t) => {
  const name = `scripts/tests/new-${process.pid}.txt`;
  t.after(() => rmSync(join(root, name), { force: true }));
  writeFileSync(join(root, name), "");
  assert.ok(changedFiles("HEAD").includes(name));
});

test("a commit that is not there is said so", () => {
  assert.throws(() => changedFiles("no-such-commit"), (error) => error instanceof Failure && /no-such-commit/.test(error.message));
});
