// The module asks for nothing of JavaScript that is not on a list that people read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = (path) => new URL(path, import.meta.url);

test("the module's imports equal the checked-in list", () => {
  const module = new WebAssembly.Module(readFileSync(file("../../pkg/dist/filmgate.wasm")));
  // The hash that ends a name differs from build to build; the name tells what is asked for.
  const plain = ({ name }) => name.replace(/_[0-9a-f]{16}$/, "");
  const asked = [...new Set(WebAssembly.Module.imports(module).map(plain))].sort();
  const allowed = readFileSync(file("allowed.txt"), "utf8").trim().split("\n");
  assert.deepEqual(asked, allowed);
});

test("there is no clock, no random source and no global fetch among them", () => {
  const names = readFileSync(file("allowed.txt"), "utf8");
  assert.doesNotMatch(names, /now|random|crypto|performance|fetch|setTimeout|localStorage/i);
});
