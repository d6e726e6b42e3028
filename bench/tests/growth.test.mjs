// The gate that keeps the package small.
import assert from "node:assert/strict";
import { test } from "node:test";
import { growth } from "../size/own.mjs";

const SAME = "rustc 1.0.0, rustup";
const written = { compiler: SAME, weights: { module: { raw: 100_000, brotli: 40_000 } } };
const weighed = (module, compiler = SAME) => ({ compiler, weights: { module } });

test("equal or smaller sizes pass, and so do slightly larger ones", () => {
  assert.deepEqual(growth(weighed({ raw: 90_000, brotli: 40_000 }), written), []);
  assert.deepEqual(growth(weighed({ raw: 100_200, brotli: 40_080 }), written), []);
});

test("growth is reported in each measure that grew", () => {
  assert.deepEqual(growth(weighed({ raw: 100_201, brotli: 40_000 }), written), [
    "module, raw: 100201 bytes, written down 100000",
  ]);
  assert.equal(growth(weighed({ raw: 100_201, brotli: 40_081 }), written).length, 2);
});

test("another compiler has more room, but not without an end", () => {
  const other = "rustc 2.0.0, Debian";
  assert.deepEqual(growth(weighed({ raw: 105_000, brotli: 42_000 }, other), written), []);
  assert.equal(growth(weighed({ raw: 105_001, brotli: 42_000 }, other), written).length, 1);
});

test("an unrecorded size does not pass", () => {
  const now = { compiler: SAME, weights: { ...written.weights, slim: { raw: 1, brotli: 1 } } };
  assert.deepEqual(growth(now, written), ["slim is not written down"]);
});
