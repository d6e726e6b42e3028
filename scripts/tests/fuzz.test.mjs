// The list of fuzz targets, and the command's error for an unknown word.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { targets } from "../lib/fuzz.mjs";
import { root } from "../lib/run.mjs";

test("each target of fuzz/Cargo.toml is run, and has initial inputs", () => {
  const manifest = readFileSync(join(root, "fuzz", "Cargo.toml"), "utf8");
  const built = [...manifest.matchAll(/^\[\[bin\]\]\nname = "(\w+)"/gm)].map(([, name]) => name);
  assert.deepEqual([...targets].sort(), built.sort());
  for (const target of targets) {
    assert.ok(readdirSync(join(root, "fuzz", "corpus", target)).length > 50, target);
    assert.ok(existsSync(join(root, "fuzz", "fuzz_targets", `${target}.rs`)));
  }
});

test("an unknown word prints the usage and builds nothing", () => {
  const args = [join(root, "scripts", "fuzz.mjs"), "job", "nonsense"];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 1);
  for (const target of targets) assert.ok(stderr.includes(target), stderr);
  assert.equal(stdout, "");
});
