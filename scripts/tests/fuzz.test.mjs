// The list of fuzz targets, their seeds, and the command's error for an unknown word.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { targets } from "../lib/fuzz.mjs";
import { root } from "../lib/run.mjs";

test("each target of fuzz/Cargo.toml is run, and has initial inputs", () => {
  const manifest = readFileSync(join(root, "fuzz", "Cargo.toml"), "utf8");
  const built = [...manifest.matchAll(/^\[\[bin\]\]\nname = "(\w+)"/gm)].map(([, name]) => name);
  assert.deepEqual([...targets].sort(), built.sort());
  for (const target of targets) {
    const seeds = readdirSync(join(root, "fuzz", "seeds", target));
    assert.ok(seeds.length >= 10 && seeds.length <= 25, `${target}: ${seeds.length} seeds`);
    assert.ok(existsSync(join(root, "fuzz", "fuzz_targets", `${target}.rs`)));
  }
});

test("each seed has a descriptive name and the content of its extension", () => {
  const kinds = ["seeds", "regressions"].map((kind) => join(root, "fuzz", kind)).filter(existsSync);
  const paths = kinds.flatMap((kind) =>
    targets.flatMap((target) => {
      const folder = join(kind, target);
      return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
    }),
  );
  for (const path of paths) {
    assert.match(basename(path), /^[a-z]+(-[a-z0-9]+)*\.(json|txt)$/);
    assert.doesNotMatch(basename(path), /[0-9a-f]{8}/, "a digest describes nothing");
    if (path.endsWith(".json")) JSON.parse(readFileSync(path, "utf8"));
  }
});

test("an unknown word prints the usage and builds nothing", () => {
  const args = [join(root, "scripts", "fuzz.mjs"), "job", "nonsense"];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 1);
  for (const target of targets) assert.ok(stderr.includes(target), stderr);
  assert.equal(stdout, "");
});
