// Reads which source files import which, in Rust and in TypeScript: what tests/layers/ checks and what
// scripts/architecture.mjs draws. A room is a folder, or a file, directly below a folder of sources.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { root } from "./run.mjs";

/** The files below a folder of the repository with one of these endings, relative to the repository. */
function filesBelow(folder, endings) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => !name.includes("node_modules") && endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(folder, name))
    .sort();
}

/** The room of a file below a folder: `src/job/mod.rs` → `job`, `src/money.rs` → `money`. */
export function roomOf(file, folder) {
  const [first] = relative(folder, file).split("/");
  return first.replace(/\.\w+$/, "");
}

const blanked = (token) => token.replace(/[^\n]/g, " ");

/** Rust without comments, strings and characters; blanks take their place, so that positions remain. */
function bareRust(text) {
  const tokens = /r(#*)"[^]*?"\1|"(?:[^"\\]|\\[^])*"|'(?:[^'\\\n]|\\[^'\n]+|\\')'|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replace(tokens, blanked);
}

/** TypeScript without comments and templates; strings stay, because they name what is imported. */
function bareScript(text) {
  const tokens = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replace(tokens, (token) => (/^["']/.test(token) ? token : blanked(token)));
}

const lineAt = (text, position) => text.slice(0, position).split("\n").length;

/** The parts of a use tree at its top level: `a, b::{c, d}` → `a`, `b::{c, d}`. */
function splitTree(tree) {
  const parts = [""];
  let depth = 0;
  for (const letter of tree) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** The text of a use tree from a position: a path, or a path with braces. */
function treeAt(text, start) {
  let depth = 0;
  let end = start;
  for (; end < text.length; end += 1) {
    if (text[end] === "{") depth += 1;
    else if (text[end] === "}") depth -= 1;
    else if (depth === 0 && !/[\w:\s]/.test(text[end])) break;
    if (depth === 0 && text[end] === "}") return text.slice(start, end + 1);
  }
  return text.slice(start, end);
}

/** The path of a Rust file's module inside its crate: `src/job/mod.rs` → `["job"]`. */
function moduleOf(file, folder) {
  const segments = relative(folder, file).replace(/\.rs$/, "").split("/");
  return ["mod", "lib", "main"].includes(segments.at(-1)) ? segments.slice(0, -1) : segments;
}

/**
 * The imports of a Rust source: `crate::…`, `$crate::…` and `super::…` with the line, as paths inside the
 * crate. `use crate::{a, b::c}` are two. `pub(in crate::…)` only limits visibility and is not an import.
 */
export function rustImports(text, module = []) {
  const code = bareRust(text);
  const found = [];
  for (const match of code.matchAll(/(\$?\bcrate|\bsuper(?:\s*::\s*super)*)\s*::\s*/g)) {
    if (/\bin\s+$/.test(code.slice(0, match.index))) continue;
    const levels = match[1].includes("super") ? match[1].split("::").length : module.length;
    const base = module.slice(0, Math.max(module.length - levels, 0));
    const tree = treeAt(code, match.index + match[0].length);
    const parts = tree.startsWith("{") ? splitTree(tree.slice(1, -1)) : [tree];
    for (const part of parts) {
      const [name] = part.split(/\{|\sas\s/);
      const path = name.split("::").map((segment) => segment.trim());
      found.push({ path: [...base, ...path].filter(Boolean), line: lineAt(text, match.index) });
    }
  }
  return found;
}

/** The imports between the rooms of a crate: `{ from, to, file, line }`. Names of the crate's root are not rooms. */
export function rustArrows(folder) {
  const files = filesBelow(folder, [".rs"]);
  const rooms = new Set(files.map((file) => roomOf(file, folder)));
  return files.flatMap((file) => {
    const from = roomOf(file, folder);
    const imports = rustImports(readFileSync(join(root, file), "utf8"), moduleOf(file, folder));
    return imports
      .map(({ path: [to], line }) => ({ from, to, file, line }))
      .filter(({ to }) => rooms.has(to) && to !== from);
  });
}

/**
 * The imports of a TypeScript or JavaScript source: `{ specifier, isType, line }` for `import … from`, `export … from`,
 * `import "…"` and `import("…")`.
 */
export function scriptImports(text) {
  const code = bareScript(text);
  const statement =
    /^[ \t]*(import|export)\s+(type\s+)?(?:[\w*{][^;"'`]*?\sfrom\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)/gm;
  return [...code.matchAll(statement)].map((match) => ({
    specifier: match[3] ?? match[4],
    isType: Boolean(match[2]),
    line: lineAt(code, match.index),
  }));
}

/** The file that a relative specifier means, as it is in the sources: TypeScript imports `./a.js` for `./a.ts`. */
export function resolved(file, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  return normalize(join(dirname(file), specifier)).replace(/\.js$/, ".ts");
}

/** The imports between the files below a folder, and to other files of the repository: `{ file, target, isType, line }`. */
function scriptLinks(folder) {
  const files = filesBelow(folder, [".ts"]).filter((file) => !file.endsWith(".d.ts"));
  return files.flatMap((file) =>
    scriptImports(readFileSync(join(root, file), "utf8")).flatMap(({ specifier, isType, line }) => {
      const target = resolved(file, specifier);
      return target ? [{ file, target, isType, line }] : [];
    }),
  );
}

/** The imports between the rooms below a folder of TypeScript: `{ from, to, file, line, isType }`. */
export function scriptArrows(folder) {
  return scriptLinks(folder)
    .map(({ file, target, isType, line }) => {
      const isInside = !relative(folder, target).startsWith("..");
      return { from: roomOf(file, folder), to: isInside ? roomOf(target, folder) : "", file, line, isType };
    })
    .filter(({ from, to }) => to && to !== from);
}

/** The arrows as a map: each room with the set of rooms that it imports. */
export function graphOf(arrows) {
  const graph = new Map();
  for (const { from, to } of arrows) {
    if (!graph.has(from)) graph.set(from, new Set());
    graph.get(from).add(to);
  }
  return graph;
}

/** The circles of a graph: groups of rooms that import each other, directly or through others. */
export function circles(arrows) {
  const graph = graphOf(arrows);
  const reachable = (start) => {
    const seen = new Set();
    const waiting = [...(graph.get(start) ?? [])];
    for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
      if (seen.has(room)) continue;
      seen.add(room);
      waiting.push(...(graph.get(room) ?? []));
    }
    return seen;
  };
  const reach = new Map([...graph.keys()].map((room) => [room, reachable(room)]));
  const groups = new Set();
  for (const [room, others] of reach) {
    if (!others.has(room)) continue;
    const group = [...others].filter((other) => reach.get(other)?.has(room)).sort();
    groups.add(group.join(" "));
  }
  return [...groups].map((group) => group.split(" "));
}

/**
 * The arrows that point up: `layers` are lists of rooms, the highest first. An arrow points to a lower layer or
 * stays in its own; a room without a layer is wrong, too.
 */
export function wrongArrows(arrows, layers) {
  const level = new Map(layers.flatMap((rooms, at) => rooms.map((room) => [room, at])));
  return arrows.filter(({ from, to }) => !(level.get(from) <= level.get(to)));
}

/** An arrow as a line of a test's message. */
export const describeArrow = ({ from, to, file, line }) => `${from} → ${to} (${file}:${line})`;
