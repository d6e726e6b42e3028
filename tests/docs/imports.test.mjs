// Each block shows the imports that it uses, so that a reader can copy it: the hidden parts import nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import ts from "typescript";
import { blocksOf, pages } from "./lib/pages.mjs";

/** Whether code imports a module; `anywhere` includes `import()` and `require()`, which only later code can use. */
function importsModule(code, anywhere) {
  const source = ts.createSourceFile("hidden.ts", code, ts.ScriptTarget.Latest, true);
  const isImport = (node) =>
    ts.isImportDeclaration(node) ||
    (anywhere &&
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        node.expression.getText() === "require"));
  const search = (node) => isImport(node) || ts.forEachChild(node, search) || false;
  return search(source);
}

/** Whether a hidden part of a block gives the visible code an import. */
const hidesImport = ({ before = "", after = "" }) =>
  importsModule(before, true) || importsModule(after, false);

test("no block of a page hides an import", () => {
  const hidden = pages().flatMap(blocksOf).filter(({ directives }) => hidesImport(directives));
  assert.deepEqual(
    hidden.map(({ page, line }) => `${page}:${line} hides an import: show it in the block`),
    [],
  );
});

test("a hidden import is found in every form", () => {
  for (const before of [
    'import { fileSink } from "filmgate/node";',
    'import "filmgate";',
    'const { fileSink } = await import("filmgate/node");',
    'const { fileSink } = require("filmgate/node");',
  ]) {
    assert.ok(hidesImport({ before }), before);
  }
  assert.ok(hidesImport({ after: 'import { once } from "node:events";' }));
});

test("hidden setup and checks are allowed", () => {
  assert.ok(!hidesImport({ before: 'process.env.SECRET = "long and random";' }));
  assert.ok(!hidesImport({ after: 'const { once } = await import("node:events");' }));
});
