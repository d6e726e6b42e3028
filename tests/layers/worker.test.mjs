// The imports of worker/src run in one direction and form no circle. Type imports count, too.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { resolved, scriptImports } from "../../scripts/lib/imports.mjs";

const SOURCES = resolve(import.meta.dirname, "../../worker/src");

/** The rooms from top to bottom. A file imports its own room and rooms of lower layers, never one of the same layer. */
const LAYERS = [
  ["index"],
  ["app", "scheduled"],
  ["admin", "openrouter"],
  ["api"],
  ["job", "account", "provider-health", "batch"],
  ["configuration", "reachable"],
  ["auth", "client", "signing"],
  ["accounts", "secrets", "catalog", "provider-answers"],
  ["stubs", "public-fetch", "metrics", "guesses", "openrouter-video", "byte-budget", "gateway-object"],
  ["env", "errors", "log", "key-text", "key-info", "rpc", "unknown-charges"],
  ["batch-types"],
  ["types", "money", "encoding", "storage-version", "without-undefined"],
];
/** The modules outside that the worker may import at run time. Types come from anywhere. */
const PACKAGES = /^(filmgate\/(gateway-server|filmgate\.wasm)|hono(\/.+)?|valibot|cloudflare:workers)$/;

/** The room of a file: its folder, or its own name at the top. */
const roomOf = (file) => file.split("/")[0].replace(/\.ts$/, "");
const layerOf = (room) => LAYERS.findIndex((rooms) => rooms.includes(room));

/** `file → what it imports`: files relative to the sources, and packages by their names. */
function readImports() {
  const files = readdirSync(SOURCES, { recursive: true }).filter((name) => name.endsWith(".ts"));
  return new Map(files.map((name) => [name.split(sep).join("/"), importsOf(join(SOURCES, name))]));
}

function importsOf(path) {
  const imports = scriptImports(readFileSync(path, "utf8"));
  const used = imports.filter(({ specifier, isType }) => specifier.startsWith(".") || !isType);
  return used.map(({ specifier }) => {
    const target = resolved(path, specifier);
    return target ? relative(SOURCES, target).split(sep).join("/") : specifier;
  });
}

const isFile = (target) => target.endsWith(".ts");

/** Imports that run up, or aside, as sentences. */
function wrongImports(imports) {
  const wrong = [];
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    if (layerOf(room) < 0) wrong.push(`${file}: its room is in no layer`);
    for (const target of targets) {
      if (target.startsWith("../") || !isFile(target)) {
        if (!PACKAGES.test(target)) wrong.push(`${file} imports ${target}`);
      } else if (roomOf(target) !== room && layerOf(roomOf(target)) <= layerOf(room)) {
        wrong.push(`${file} imports ${target}`);
      }
    }
  }
  return wrong;
}

/** The first circle of files, if there is one. */
function circleIn(imports) {
  const done = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

const imports = readImports();

test("every import runs to a lower layer, or to a package by its name", () => {
  assert.ok(imports.size > 30, "the sources are read");
  assert.deepEqual(wrongImports(imports), []);
});

test("no files form a circle", () => {
  assert.equal(circleIn(imports)?.join(" → "), undefined);
});

test("a wrong import and a circle are found", () => {
  const including = (file, target) => new Map([...imports, [file, [...imports.get(file), target]]]);
  assert.deepEqual(wrongImports(including("account/account.ts", "admin/schemas.ts")), [
    "account/account.ts imports admin/schemas.ts",
  ]);
  assert.deepEqual(wrongImports(including("job/job.ts", "account/ledger.ts")), [
    "job/job.ts imports account/ledger.ts",
  ]);
  for (const outside of ["filmgate", "../../pkg/dist/core/core.js", "node:fs"]) {
    assert.deepEqual(wrongImports(including("money.ts", outside)), [`money.ts imports ${outside}`]);
  }
  const circle = circleIn(including("money.ts", "account/budget.ts"));
  assert.deepEqual(new Set(circle), new Set(["money.ts", "account/budget.ts"]));
});
