// A module and its glue with short names still fit together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../lib/short-names.mjs";

const HASH = "0123456789abcdef";
const text = (value) => [value.length, ...Buffer.from(value)];

/** Imports as many functions, and exports a `run` that calls `last`, and a closure that calls the first. */
function module(count, last = count - 1) {
  const imports = Array.from({ length: count }, (_, at) => [...text("./glue_bg.js"), ...text(`f${at}_${HASH}`), 0, 0]);
  const imported = [count, ...imports.flat()];
  const exported = [2, ...text("run"), 0, count, ...text(`closure_${HASH}_`), 0, count + 1];
  const leb = (size) => [(size % 128) + 128, Math.floor(size / 128)];
  const call = (at) => [4, 0, 0x10, at, 0x0b];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[2, ...leb(imported.length), ...imported],
    ...[3, 3, 2, 0, 0],
    ...[7, ...leb(exported.length), ...exported],
    ...[10, 11, 2, ...call(last), ...call(0)],
  ]);
}

/** As wasm-bindgen writes it. */
const glue = (count) => `
const called = [];
const import0 = {
${Array.from({ length: count }, (_, at) => `        f${at}_${HASH}: function() { called.push(${at}); },`).join("\n")}
};
const imports = { "./glue_bg.js": import0 };
function closure_${HASH}_() {
    wasm.closure_${HASH}_();
}
`;

for (const count of [1, 52, 60]) {
  test(`${count} imports: each calls what it called before`, () => {
    const given = module(count);
    assert.ok(WebAssembly.validate(given));
    const short = shortened(given, glue(count));
    assert.ok(short.module.length < given.length);
    assert.doesNotMatch(short.module.toString("latin1") + short.glue, new RegExp(HASH));
    if (count > 1) assert.match(short.glue, /\/\* f1 \*\/ b: function/);
    const run = new Function("module", `let wasm;${short.glue}
      wasm = new WebAssembly.Instance(module, imports).exports;
      wasm.run();
      ${/function (\w+)/.exec(short.glue.split("import0 }")[1])[1]}();
      return called;`);
    assert.deepEqual(run(new WebAssembly.Module(short.module)), [count - 1, 0]);
  });
}

/** Links a module with a glue of perhaps another version. */
const link = (module, glue) =>
  new Function("module", `let wasm;${glue}\nnew WebAssembly.Instance(module, imports);`)(new WebAssembly.Module(module));

test("a module or a glue of another version links with neither of this one, if their imports are as many", () => {
  const own = shortened(module(3), glue(3));
  link(own.module, own.glue);
  const others = [shortened(module(3, 1), glue(3)), shortened(module(3), `${glue(3)}// Reads its arguments in another way.`)];
  for (const other of others) {
    assert.throws(() => link(other.module, own.glue), WebAssembly.LinkError);
    assert.throws(() => link(own.module, other.glue), WebAssembly.LinkError);
  }
});

test("the names do not depend on hashes, which another machine may change", () => {
  const other = (text) => text.replaceAll(HASH, "fedcba9876543210");
  const moved = Buffer.from(other(module(3).toString("latin1")), "latin1");
  assert.deepEqual(shortened(moved, other(glue(3))), shortened(module(3), glue(3)));
});

test("a glue that does not fit its module is an error", () => {
  assert.throws(() => shortened(module(2), glue(1)), /the glue has no/);
});
