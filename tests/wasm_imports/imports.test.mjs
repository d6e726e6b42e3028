// The module imports only what a reviewed list allows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = (path) => new URL(path, import.meta.url);

test("the module's imports equal the checked-in list", () => {
  const module = new WebAssembly.Module(readFileSync(file("../../pkg/dist/filmgate.wasm")));
  // The module has letters, and the glue a comment with the name of each.
  const glue = readFileSync(file("../../pkg/dist/glue.js"), "utf8");
  const names = new Map(Array.from(glue.matchAll(/\/\* (\w+) \*\/ (\w+): function/g), ([, name, short]) => [short, name]));
  const imported = [...new Set(WebAssembly.Module.imports(module).map(({ name }) => names.get(name)))].sort();
  const allowed = readFileSync(file("allowed.txt"), "utf8").trim().split("\n");
  assert.deepEqual(imported, allowed);
});

test("the list has no clock, random source or global fetch", () => {
  const names = readFileSync(file("allowed.txt"), "utf8");
  assert.doesNotMatch(names, /now|random|crypto|performance|fetch|setTimeout|localStorage/i);
});
