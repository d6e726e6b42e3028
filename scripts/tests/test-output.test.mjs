// The summary of a test run is parsed from its runners' output.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readRun, slowest } from "../lib/test-output.mjs";

test("node: passed and failed tests are counted, and failures are printed in full", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-runners-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "some.test.mjs");
  const lines = [
    `import { test } from "node:test";`,
    `test("it holds", () => {});`,
    `test("it breaks", () => { throw new Error("two jobs for one request"); });`,
  ];
  writeFileSync(file, lines.join("\n"));
  const args = ["--test", "--test-reporter=spec", file];
  // A test runner that finds itself inside another prints for that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  const { passed, failed, failures } = readRun("node", stdout);
  assert.deepEqual([passed, failed], [1, 1]);
  assert.match(failures, /some\.test\.mjs[\s\S]*it breaks[\s\S]*two jobs for one request/);
  assert.doesNotMatch(failures, /it holds/);
});

test("cargo: each binary's counts are added, and its failures are printed", () => {
  const printed = `
running 2 tests
test it_holds ... ok
test it_breaks ... FAILED

failures:

---- it_breaks stdout ----
thread 'it_breaks' panicked at src/lib.rs:3:5:
two jobs for one request

failures:
    it_breaks

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 3 tests
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`;
  const { passed, failed, failures } = readRun("cargo", printed);
  assert.deepEqual([passed, failed], [4, 1]);
  assert.match(failures, /^failures:[\s\S]*two jobs for one request[\s\S]*it_breaks$/);
});

test("a run without failures has no failure text", () => {
  const { failures } = readRun("node", "✔ it holds (1ms)\nℹ tests 1\nℹ pass 1\nℹ fail 0\n");
  assert.equal(failures, "");
});

test("the slowest tests are named, without those inside another", () => {
  const printed = "✔ quick (1.5ms)\n▶ whole\n  ✔ part (900ms)\n▶ whole (950.25ms)\n\x1b[31m✖ broken (3000ms)\x1b[39m\n";
  assert.deepEqual(slowest(printed, 2), [{ test: "broken", ms: 3000 }, { test: "whole", ms: 950.25 }]);
});
