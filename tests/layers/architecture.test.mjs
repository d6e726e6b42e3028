// The diagram of the architecture shows the current imports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { architecture } from "../../scripts/architecture.mjs";
import { resolved, scriptArrows, scriptImports } from "../../scripts/lib/imports.mjs";
import { root } from "../../scripts/lib/run.mjs";

for (const [path, text] of Object.entries(architecture())) {
  test(`${path} shows the current imports`, () => {
    const isCurrent = readFileSync(join(root, path), "utf8") === text;
    assert.ok(isCurrent, "run `npm run architecture` and commit what it changes");
  });
}

test("the reader sees the imports of the package and the gateway", () => {
  for (const folder of ["pkg/src", "worker/src"]) {
    assert.ok(scriptArrows(folder).length > 30, `${folder}: it reads too little`);
  }
});

test("the reader sees every form of an import, and skips comments and strings", () => {
  const source = `
import { a } from "./a.js";
import type { B } from "./b.js";
import {
  c,
} from '../c.js';
import "./d.js";
export { e } from "./e.js";
export * from "./f.js";
const g = await import("./g.js");
// import { h } from "./h.js";
const text = "import { i } from './i.js'";
export const local = 1;
`;
  const found = scriptImports(source).map(({ specifier, isType, line }) => [specifier, isType, line]);
  assert.deepEqual(found, [
    ["./a.js", false, 2],
    ["./b.js", true, 3],
    ["../c.js", false, 4],
    ["./d.js", false, 7],
    ["./e.js", false, 8],
    ["./f.js", false, 9],
    ["./g.js", false, 10],
  ]);
});

test("a specifier leads to its source", () => {
  assert.equal(resolved("pkg/src/client/base.ts", "../error.js"), "pkg/src/error.ts");
  assert.equal(resolved("pkg/src/client/base.ts", "hono"), undefined);
});
