// The WebAssembly parser, on the built module and on a handwritten one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { functionsOf, sectionsOf } from "../lib/wasm-parser.mjs";

const MODULE = readFileSync(new URL("../../pkg/dist/filmgate.wasm", import.meta.url));

test("the sections cover the whole file in the order of the format", () => {
  const ids = sectionsOf(MODULE).map(({ id }) => id);
  assert.ok(ids.includes(10) && ids.includes(11), "code and data");
  const known = ids.filter((id) => id !== 0 && id !== 12);
  assert.deepEqual(known, [...known].sort((a, b) => a - b));
  const bytes = sectionsOf(MODULE).reduce((sum, section) => sum + section.bytes.length, 8);
  assert.ok(bytes < MODULE.length && bytes > MODULE.length - 6 * ids.length, "all but their heads");
});

test("each function has its name and its code", () => {
  // (import "m" "f" (func)) (func $own nop), and their names.
  const module = Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0],
    ...[3, 2, 1, 0],
    ...[10, 5, 1, 3, 0, 1, 0x0b],
    ...[0, 16, 4, ...Buffer.from("name"), 1, 9, 2, 0, 1, 0x66, 1, 3, ...Buffer.from("own")],
  ]);
  assert.ok(WebAssembly.validate(module));
  const functions = functionsOf(module).map(({ name, bytes }) => [name, [...bytes]]);
  assert.deepEqual(functions, [["own", [0, 1, 0x0b]]]);
});
