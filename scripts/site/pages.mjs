// Which pages the site has, where they are, and in which section: docs/README.md says it.
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { toString } from "mdast-util-to-string";
import { SKIP, visit } from "unist-util-visit";
import { root } from "../lib/run.mjs";
import { parse } from "./markdown.mjs";

const INDEX = "docs/README.md";
/** Pages beside the code that the guides send a reader to. */
const BESIDE_CODE = {
  "CONTRIBUTING.md": { path: "docs/contributing" },
  "SECURITY.md": { path: "docs/security", summary: "the threat model, and how to report a vulnerability" },
  "CHANGELOG.md": { path: "docs/changelog", summary: "what each version changes" },
  "worker/README.md": { path: "docs/deploy-the-gateway", title: "Deploying the gateway", summary: "deploy a gateway to Cloudflare or to a machine" },
  "simulator/README.md": { path: "docs/simulator", title: "The simulated providers", summary: "run both providers as a local server" },
};
const OTHERS = "More";
const API = "API reference";

/**
 * All pages, in the order of the navigation: `{ source, path, section, title, summary, text, tree }`. `path` is the page in the
 * site without its ending. `source` is its file in the repository; the API reference is read from `apiFolder` as if it were
 * `docs/api/`.
 */
export function sitePages(apiFolder) {
  const guides = readdirSync(join(root, "docs"), { recursive: true })
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/api/"));
  const places = placesOf(INDEX);
  const pages = [...guides, ...Object.keys(BESIDE_CODE)].map((source) => ({
    source,
    path: pathOf(source),
    summary: "",
    ...read(join(root, source)),
    ...(source === INDEX ? { section: "", rank: -1 } : (places.get(source) ?? { section: OTHERS, rank: Infinity })),
    ...BESIDE_CODE[source],
  }));
  const reference = readdirSync(apiFolder, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => {
      const source = `docs/api/${name}`;
      const path = `api/${pathOf(name)}`;
      return { source, path, section: API, rank: name === "README.md" ? 0 : 1, summary: "", ...read(join(apiFolder, name)) };
    });
  const order = [...new Set(["", ...[...places.values()].map(({ section }) => section), OTHERS, API])];
  const all = [...pages, ...reference].map(({ rank, ...page }) => ({ page, rank }));
  return all
    .sort((a, b) => order.indexOf(a.page.section) - order.indexOf(b.page.section) || compare(a, b))
    .map(({ page }) => page);
}

const compare = (a, b) => (a.rank === b.rank ? (a.page.path < b.page.path ? -1 : 1) : a.rank - b.rank);

const pathOf = (source) => source.replace(/(^|\/)README\.md$/, "$1index").replace(/\.md$/, "");

function read(file) {
  const text = readFileSync(file, "utf8");
  const tree = parse(text);
  const heading = tree.children.find(({ type, depth }) => type === "heading" && depth === 1);
  if (!heading) throw new Error(`${file} has no title`);
  return { text, tree, title: toString(heading) };
}

/** For each page that the index links first in a row: its section (the bold line above the table), its rank and what it is for. */
function placesOf(index) {
  const places = new Map();
  let section = OTHERS;
  for (const node of read(join(root, index)).tree.children) {
    const [only] = node.children ?? [];
    if (node.type === "paragraph" && node.children.length === 1 && only.type === "strong") section = toString(node);
    if (node.type !== "table") continue;
    for (const row of node.children.slice(1)) {
      const [purpose, where] = row.children;
      visit(where, "link", ({ url }) => {
        const source = posix.join(posix.dirname(index), url.split("#")[0]);
        if (source.endsWith(".md") && !places.has(source)) {
          places.set(source, { section, rank: places.size, summary: toString(purpose) });
        }
        return SKIP;
      });
    }
  }
  return places;
}
