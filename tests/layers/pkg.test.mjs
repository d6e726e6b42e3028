// The direction of imports in pkg/src: a room imports only rooms of lower layers. Imports of types count too.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import { scriptImports } from "../../scripts/lib/imports.mjs";
import { root } from "../../scripts/lib/run.mjs";

const SOURCES = join(root, "pkg", "src");

/** From top to bottom. A room is a folder; a file beside the folders belongs to the room in `FILES`. */
const LAYERS = [
  ["cli"],
  ["mcp"],
  ["ai-sdk", "batch", "schema", "prices", "testing", "node", "react", "element"],
  ["gateway-client"],
  ["entries"],
  ["gateway"],
  ["client"],
  ["driver"],
  ["download", "store", "session"],
  ["core"],
  ["util"],
  ["error"],
  ["types"],
  ["module"],
];

/** `module` is what the build generates from Rust. */
const FILES = {
  "index.ts": "entries",
  "slim.ts": "entries",
  "workerd.ts": "entries",
  "gateway-server.ts": "entries",
  "exports.ts": "entries",
  "create-client.ts": "entries",
  "error.ts": "error",
  "glue.ts": "module",
  "inline.ts": "module",
  "filmgate.wasm": "module",
};

/** Node's modules, and the packages that a room is bundled with. */
function bundledWith(room) {
  const { devDependencies } = JSON.parse(readFileSync(join(SOURCES, room, "package.json"), "utf8"));
  return new RegExp(`^(node:|(${Object.keys(devDependencies).join("|")})(/|$))`);
}

/** Packages that a room may import. No other room imports any: the package has no dependencies. */
const PACKAGES = { node: /^node:/, cli: bundledWith("cli"), mcp: bundledWith("mcp"), react: /^react$/ };

const layerOf = (room) => LAYERS.findIndex((rooms) => rooms.includes(room));

function roomOf(path) {
  const parts = relative(SOURCES, path).split(sep);
  return parts.length === 1 ? FILES[parts[0].replace(/\.js$/, ".ts")] : parts[0];
}

const sources = readdirSync(SOURCES, { recursive: true }).filter((name) => /^(?!.*node_modules).*(?<!\.d)\.ts$/.test(name));

/** Why an import is not allowed, or undefined. */
function violation(file, name) {
  const room = roomOf(join(SOURCES, file));
  if (room === undefined) return `${file}: the file has no room; add it to FILES`;
  if (layerOf(room) < 0) return `${file}: the room \`${room}\` has no layer; add it to LAYERS`;
  if (!name.startsWith(".")) {
    return PACKAGES[room]?.test(name) ? undefined : `${file}: \`${room}\` must not import ${name}`;
  }
  const target = roomOf(join(SOURCES, dirname(file), name));
  if (target === room) return undefined;
  if (target !== undefined && layerOf(target) > layerOf(room)) return undefined;
  return `${file}: \`${room}\` must not import \`${target}\` (${name})`;
}

test("each import leads to a lower layer", () => {
  const violations = sources.flatMap((file) => {
    const imports = scriptImports(readFileSync(join(SOURCES, file), "utf8"));
    return imports.map(({ specifier }) => violation(file, specifier)).filter(Boolean);
  });
  assert.deepEqual(violations, []);
});

test("each room has a layer, and each layer's room exists", () => {
  const rooms = new Set(sources.map((file) => roomOf(join(SOURCES, file))));
  const listed = LAYERS.flat().filter((room) => room !== "module");
  assert.deepEqual([...rooms].filter((room) => room !== "module").sort(), listed.sort());
});

test("an import against the direction is found, in each form", () => {
  const texts = {
    'import { x } from "../client/base.js";': "client",
    'import type { X } from "../driver/job.js";': "driver",
    'export * from "../index.js";': "entries",
    'const x = await import("../gateway/client.js");': "gateway",
    'type X = import("../store/memory.js").X;': "store",
    'import "node:fs";': "node:fs",
  };
  for (const [text, target] of Object.entries(texts)) {
    const [{ specifier: name }] = scriptImports(text);
    assert.match(violation("util/sleep.ts", name) ?? "", new RegExp(`must not import .?${target}`), text);
  }
  assert.equal(violation("client/base.ts", "../util/sleep.js"), undefined);
  assert.match(violation("download/sink.ts", "../store/memory.js"), /must not import `store`/);
});
