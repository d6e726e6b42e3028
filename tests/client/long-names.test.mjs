// Names of fields count against the limit of a value like texts: the module's memory, which cannot shrink, holds both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Values } from "../../pkg/dist/core/values.js";

/** As many characters as the text of a value may have in all. */
const MAX_CHARS = 50_000 * 64;
const named = (count, length) => Object.fromEntries(Array.from({ length: count }, (_, at) => [String(at).padEnd(length, "x"), at]));
const sizeOf = (encoded) => JSON.stringify(encoded).length;

test("forty thousand names of a thousand characters do not enter the module", () => {
  for (const value of [named(40_000, 1_000), { a: named(40_000, 1_000) }, Array(40).fill(named(1_000, 1_000))]) {
    for (const encode of ["encode", "encodeResponse"]) {
      assert.ok(sizeOf(new Values()[encode](value)) < 1.2 * MAX_CHARS, encode);
    }
    assert.ok(sizeOf(new Values().encodeRecord(value)) < 1.2 * 4 * MAX_CHARS);
  }
});

test("names of a usual length and number stay", () => {
  const value = { input: named(10_000, 60), options: named(1_000, 1_000) };
  assert.deepEqual(new Values().encode(value), value);
});

test("a response with too many names is read up to them", () => {
  const read = new Values().encodeResponse({ id: "job-1", output: { url: "https://a.example.com/v.mp4" }, more: named(40_000, 1_000) });
  assert.deepEqual([read.id, read.output], ["job-1", { url: "https://a.example.com/v.mp4" }]);
});
