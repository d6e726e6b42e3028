// The documentation's pages, and their code blocks with the directives in the comments around them.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { SKIP, visit } from "unist-util-visit";
import { root } from "../../../scripts/lib/run.mjs";

/** Around what `cargo xtask models` and `npm run bench:docs` write. */
const GENERATED = /^<!-- (?:(?:catalog|results): \w+|\/(?:catalog|results)) -->$/;
const DIRECTIVES = ["before", "after", "continues", "from", "no run", "packages", "run", "shows", "imports"];
const DIRECTIVE = new RegExp(`^<!--\\s*(${DIRECTIVES.join("|")})(?::([^]*?))?\\s*-->$`);

const processor = unified().use(remarkParse).use(remarkGfm);

/** Installed or built folders, which are not part of the repository. */
const FOREIGN = new Set(["node_modules", "target", "dist", "vendor", "output"]);

/** The files below a folder of the repository that end so. */
export function filesOf(ending, folder = "") {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return path.endsWith(ending) ? [path] : [];
    return FOREIGN.has(entry.name) || entry.name.startsWith(".") ? [] : filesOf(ending, path);
  });
}

/** The pages of the repository; docs/api/ is generated. */
export const markdownFiles = () => filesOf(".md").filter((path) => !path.startsWith("docs/api/"));

/** The pages whose code is run: all except generated ones. */
export const pages = () => markdownFiles().filter((path) => !path.startsWith("bench/results/"));

/** Markdown as a tree. */
export const treeOfText = (text) => processor.parse(text);

const trees = new Map();

/** A page as a tree. */
export function treeOf(path) {
  const known = trees.get(path);
  if (known) return known;
  const tree = treeOfText(readFileSync(join(root, path), "utf8"));
  trees.set(path, tree);
  return tree;
}

/** The code blocks of a page: `{ page, line, lang, code, directives }`, in order. */
export function blocksOf(path) {
  const blocks = [];
  visit(treeOf(path), (node, index, parent) => {
    if (node.type !== "code") return undefined;
    const line = node.position.start.line;
    const directives = {
      ...directivesOf(parent.children, index, -1),
      ...directivesOf(parent.children, index, 1),
    };
    blocks.push({ page: path, line, lang: node.lang ?? "", code: node.value, directives });
    return SKIP;
  });
  return blocks;
}

/** The directives next to a block: `after` below it, all others above it. */
function directivesOf(siblings, index, step) {
  const directives = {};
  for (let at = index + step; siblings[at]?.type === "html"; at += step) {
    const [, word, text = ""] = DIRECTIVE.exec(siblings[at].value) ?? [];
    if (word && (word === "after") === step > 0) directives[word] = text.trim();
  }
  return directives;
}

/** Comments that are not a known directive. */
export function strayComments(path) {
  const stray = [];
  visit(treeOf(path), "html", ({ value, position }) => {
    if (value.startsWith("<!--") && !DIRECTIVE.test(value) && !GENERATED.test(value)) {
      stray.push(`${path}:${position.start.line}: ${value}`);
    }
  });
  return stray;
}

/** The programs of a page: blocks of JavaScript, each with those that continue it. */
export function programsOf(path) {
  const programs = [];
  for (const block of blocksOf(path)) {
    if (!["js", "mjs", "cjs", "ts"].includes(block.lang)) continue;
    if ("no run" in block.directives || "from" in block.directives) continue;
    const text = [block.directives.before, block.code, block.directives.after].filter(Boolean).join("\n");
    const last = programs.at(-1);
    if (!("continues" in block.directives)) {
      const { page, line, lang, directives } = block;
      programs.push({ page, line, lang, text, packages: directives.packages, run: directives.run });
    } else {
      if (last?.lang !== block.lang) {
        throw new Error(`${path}:${block.line} continues no block of its language`);
      }
      last.text += `\n${text}`;
    }
  }
  return programs;
}

/** The rows of the first table below a heading, each cell as it is written. */
export function tableBelow(path, title) {
  const text = readFileSync(join(root, path), "utf8");
  const { children } = processor.parse(text);
  const written = ({ position: { start, end } }) => text.slice(start.offset, end.offset);
  const isTitle = ({ type, children: [words] = [] }) => type === "heading" && words.value === title;
  const below = children.slice(children.findIndex(isTitle));
  const [, ...rows] = below.find(({ type }) => type === "table").children;
  return rows.map((row) => row.children.map(({ children: parts }) => parts.map(written).join("")));
}
