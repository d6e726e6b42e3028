// Markdown to HTML with GitHub's anchors, to Markdown for models, and to the sections that the search finds.
import { posix } from "node:path";
import GithubSlugger from "github-slugger";
import { toString as textOf } from "hast-util-to-string";
import rehypeHighlight from "rehype-highlight";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { visit } from "unist-util-visit";

const LINKS = ["link", "image", "definition"];
const HEADING = /^h[1-6]$/;
const SECTION = /^h[1-3]$/;
// The highlighter knows these languages by other names.
const ALIASES = { javascript: ["cjs"], json: ["jsonc"], ini: ["toml"] };

const reader = unified().use(remarkParse).use(remarkGfm);
const renderer = unified()
  .use(remarkRehype) // Comments, which are for the tests, are left out.
  .use(nameHeadings)
  .use(rehypeHighlight, { aliases: ALIASES, plainText: ["console", "text"] })
  .use(arrange);
const printer = unified().use(rehypeStringify);

export const parse = (text) => reader.parse(text);

/** An anchor that the API reference puts before a heading, or before a property in a table. */
const ANCHOR = /^<a id="([^"]+)">$/;
const isAnchorTag = (value) => ANCHOR.test(value) || value === "</a>";

/** Renders a page: `{ html, headings, sections }`. `resolve` maps a URL of the page to one of the site, or to undefined. */
export function render(tree, resolve) {
  const linked = structuredClone(tree);
  keepAnchors(linked);
  visit(linked, LINKS, (node, index, parent) => {
    const url = resolve(node.url, node.type);
    if (url !== undefined) node.url = url;
    else if (node.type === "link") parent.children.splice(index, 1, ...node.children);
    else throw new Error(`${node.url} is not in the site`);
  });
  const page = renderer.runSync(linked);
  const sections = sectionsOf(page);
  const headings = sections.filter(({ depth }) => depth === 2).map(({ id, heading }) => ({ id, heading }));
  return { html: printer.stringify(page), headings, sections };
}

/** Gives the id of an anchor to the heading below it, or to an empty element in its place. Other HTML is left out. */
function keepAnchors(tree) {
  visit(tree, "paragraph", ({ children: [anchor] }, index, parent) => {
    const [, id] = ANCHOR.exec(anchor?.value) ?? [];
    const next = parent.children[index + 1];
    if (!id || next?.type !== "heading") return undefined;
    next.data = { hProperties: { id } };
    parent.children.splice(index, 1);
    return index;
  });
  visit(tree, "html", (node) => {
    const [, id] = ANCHOR.exec(node.value) ?? [];
    if (id) Object.assign(node, { type: "text", value: "", data: { hName: "span", hProperties: { id } } });
  });
}

/** Gives each heading GitHub's anchor, unless it has one or another element has that. */
function nameHeadings() {
  return (tree) => {
    const slugger = new GithubSlugger();
    const taken = new Set();
    visit(tree, "element", ({ properties: { id } }) => void (id && taken.add(id)));
    visit(tree, "element", (node) => {
      if (!HEADING.test(node.tagName) || node.properties.id) return;
      let id;
      do id = slugger.slug(textOf(node));
      while (taken.has(id));
      node.properties.id = id;
    });
  };
}

/** A table and a block of code scroll by themselves, and the keyboard reaches them; a heading links to itself. */
function arrange() {
  return (tree) => {
    visit(tree, "element", (node, index, parent) => {
      if (node.tagName === "table" && parent.tagName !== "div") {
        const properties = { className: ["scroll"], tabIndex: 0 };
        parent.children[index] = { type: "element", tagName: "div", properties, children: [node] };
        return index; // Again, as a child of it.
      }
      if (node.tagName === "th" && textOf(node) === "") node.tagName = "td";
      if (node.tagName === "pre") node.properties.tabIndex = 0;
      if (node.tagName === "img") node.properties.loading = "lazy";
      return undefined;
    });
    visit(tree, "element", (node) => {
      if (!/^h[2-6]$/.test(node.tagName)) return;
      const { id } = node.properties;
      const properties = { className: ["anchor"], href: `#${id}`, ariaLabel: `Link to “${textOf(node)}”` };
      const anchor = { type: "element", tagName: "a", properties, children: [{ type: "text", value: "#" }] };
      node.children.push({ type: "text", value: " " }, anchor);
    });
  };
}

/** What is below each heading, as plain text; small headings belong to the one above them. */
function sectionsOf(tree) {
  const sections = [];
  for (const node of tree.children) {
    if (SECTION.test(node.tagName)) {
      const heading = textOf({ ...node, children: node.children.filter((child) => !isSelfLink(child)) }).trim();
      sections.push({ id: node.properties.id, depth: Number(node.tagName[1]), heading, text: "" });
    } else if (node.type === "element" && sections.length > 0) {
      const text = spaced(node).replace(/\s+/g, " ").trim();
      sections.at(-1).text = `${sections.at(-1).text} ${text}`.trim();
    }
  }
  return sections;
}

const isSelfLink = ({ properties }) => properties?.className?.includes("anchor") ?? false;
const BLOCKS = new Set(["td", "th", "tr", "li", "p", "pre", "div"]);

/** The text of a tree, with a space where a block ends. */
function spaced(node) {
  if (node.type === "text") return node.value;
  const inner = (node.children ?? []).map(spaced).join("");
  return BLOCKS.has(node.tagName) ? `${inner} ` : inner;
}

/** The page's own Markdown without the comments for the tests, its links mapped by `resolve`. */
export function plainMarkdown({ text, tree }, resolve) {
  const edits = [];
  visit(tree, [...LINKS, "html"], (node) => {
    const { start, end } = node.position;
    if (node.type === "html") {
      const isHidden = node.value.startsWith("<!--") || isAnchorTag(node.value);
      if (isHidden) edits.push({ from: start.offset, to: end.offset, text: "" });
      return;
    }
    const url = resolve(node.url, node.type);
    if (url === node.url) return;
    const written = text.slice(start.offset, end.offset);
    const changed = url === undefined ? written.slice(1, written.lastIndexOf("](")) : replaceLast(written, node.url, url);
    edits.push({ from: start.offset, to: end.offset, text: changed });
  });
  const backwards = edits.sort((a, b) => b.from - a.from);
  const clean = backwards.reduce((done, { from, to, text: by }) => done.slice(0, from) + by + done.slice(to), text);
  return `${clean.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

function replaceLast(text, from, to) {
  const at = text.lastIndexOf(from);
  if (at < 0) throw new Error(`${text} does not contain ${from}`);
  return text.slice(0, at) + to + text.slice(at + from.length);
}

/** The path of the repository that a relative URL of a page names, and its anchor. */
export function targetOf(source, url) {
  const [path, anchor] = url.split("#");
  const file = path === "" ? source : posix.normalize(posix.join(posix.dirname(source), decodeURI(path)));
  return { file: file.replace(/\/$/, ""), anchor: anchor === undefined ? "" : `#${anchor}` };
}
