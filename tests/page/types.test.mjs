// The page's sources have correct types, and views are imported by views alone.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { builtPage } from "../../scripts/lib/page.mjs";
import { root } from "../../scripts/lib/run.mjs";

const SOURCES = join(root, "www", "src");

test("the sources compile under strict", async () => {
  await builtPage(); // It installs the page's libraries.
  const compiler = join(root, "node_modules", ".bin", "tsc");
  const { status, stdout } = spawnSync(compiler, ["-p", "www/tsconfig.json"], { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("state, words and modules import no view", () => {
  const files = readdirSync(SOURCES, { recursive: true }).map(String);
  const views = new Set(files.filter((name) => name.endsWith(".tsx")).map((name) => name.replace(/^.*\//, "").slice(0, -".tsx".length)));
  for (const name of files.filter((file) => file.endsWith(".ts"))) {
    const text = readFileSync(join(SOURCES, name), "utf8");
    for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const imported = path.split("/").at(-1).replace(/\.js$/, "");
      assert.ok(!views.has(imported) || imported === "index", `${name} imports ${path}`);
    }
  }
});

test("no source file is longer than 500 lines", () => {
  for (const name of readdirSync(SOURCES, { recursive: true }).map(String)) {
    if (!/\.(tsx?|css)$/.test(name)) continue;
    const lines = readFileSync(join(SOURCES, name), "utf8").split("\n").length;
    assert.ok(lines <= 500, `${name}: ${lines} lines`);
  }
});
