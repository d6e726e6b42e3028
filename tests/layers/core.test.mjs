// The modules of the core import in one direction: each layer only knows those below it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  circles,
  describeArrow,
  graphOf,
  roomOf,
  rustArrows,
  rustImports,
  wrongArrows,
} from "../../scripts/lib/imports.mjs";
import { CORE_LAYERS } from "../../scripts/lib/layers.mjs";
import { root } from "../../scripts/lib/run.mjs";

const arrows = rustArrows("src");
const modules = [...readFileSync(join(root, "src", "lib.rs"), "utf8").matchAll(/^(?:pub(?:\(crate\))? )?mod (\w+);/gm)];

test("every module of the core has one layer", () => {
  const declared = modules.map(([, name]) => name).sort();
  assert.deepEqual(CORE_LAYERS.flat().sort(), declared, "update scripts/lib/layers.mjs");
});

test("no import of the core points to a higher layer", () => {
  assert.deepEqual(wrongArrows(arrows, CORE_LAYERS).map(describeArrow), []);
});

test("no modules of the core import each other in a circle", () => {
  assert.deepEqual(circles(arrows), []);
});

test("the reader sees the imports that the compiler sees", () => {
  assert.ok(arrows.length > 50, "it reads too little");
  assert.ok(graphOf(arrows).get("wasm")?.has("plan"));
});

const SOURCE = `
//! [\`crate::comment\`] is not an import.
use crate::money::Usd;
use crate::{error, handle::{Handle, Id}, /* crate::hidden */ json as tree};
use super::param::Param;
use super::super::issue;
pub(in crate::catalog) const TEXT: &str = "crate::text";
pub(crate) fn call() { crate::plan::quote(); $crate::codec::read!() }
`;

test("the reader expands braces and `super`, and skips comments, strings and visibilities", () => {
  const paths = rustImports(SOURCE, ["catalog", "rows"]).map(({ path }) => path.join("::"));
  assert.deepEqual(paths, [
    "money::Usd",
    "error",
    "handle",
    "json",
    "catalog::param::Param",
    "issue",
    "plan::quote",
    "codec::read",
  ]);
});

test("arrows name the line of the import", () => {
  assert.equal(rustImports(SOURCE)[0].line, 3);
});

test("an arrow up, an unknown room and a circle are found", () => {
  const arrow = (from, to) => ({ from, to, file: "a.rs", line: 1 });
  const layers = [["high"], ["low"]];
  assert.deepEqual(wrongArrows([arrow("high", "low")], layers), []);
  assert.equal(wrongArrows([arrow("low", "high")], layers).length, 1);
  assert.equal(wrongArrows([arrow("high", "unknown")], layers).length, 1);
  assert.deepEqual(circles([arrow("a", "b"), arrow("b", "c"), arrow("c", "a"), arrow("c", "d")]), [["a", "b", "c"]]);
  assert.equal(roomOf("src/job/mod.rs", "src"), "job");
  assert.equal(roomOf("src/money.rs", "src"), "money");
});
