// Every link and anchor of the site leads somewhere, at any path, and every page is in it and in the files for models.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { before, test } from "node:test";
import { visit } from "unist-util-visit";
import { root } from "../../scripts/lib/run.mjs";
import { treeOfText } from "./lib/pages.mjs";
import { REPOSITORY, builtSite } from "./lib/site.mjs";

const ABSOLUTE = /^[a-z]+:/i;
const PLAYGROUND = ["index.html", "404.html"];

let folder, html;
before(async () => {
  folder = await builtSite();
  html = filesOf(".html").filter((path) => !PLAYGROUND.includes(path));
});

const filesOf = (ending) =>
  readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(ending));
const read = (path) => readFileSync(join(folder, path), "utf8");
const plain = (text) => text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#x26;", "&").replaceAll("&amp;", "&");
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => plain(found));
const linksOf = (path) => all(read(path), /<[^>]*\s(?:href|src|data-index|data-root)="([^"]*)"/g);
const ids = new Map();
const idsOf = (path) => {
  if (!ids.has(path)) ids.set(path, all(read(path), /<[^>]*\sid="([^"]*)"/g));
  return ids.get(path);
};

/** The file of the site that a relative link of a page names, and its anchor. */
function targetOf(page, link) {
  const [path, anchor] = link.split("#");
  const at = path === "" ? page : posix.join(posix.dirname(page), decodeURI(path));
  return { file: at.endsWith("/") || at === "." ? posix.join(at, "index.html") : at, anchor: anchor && decodeURIComponent(anchor) };
}

test("each relative link of each page leads to a file, and to an anchor of it", () => {
  const broken = html.flatMap((page) =>
    linksOf(page)
      .filter((link) => !ABSOLUTE.test(link))
      .filter((link) => {
        const { file, anchor } = targetOf(page, link);
        return !existsSync(join(folder, file)) || (anchor && !idsOf(file).includes(anchor));
      })
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test("no page has an id twice", () => {
  const twice = html.flatMap((page) => {
    const given = idsOf(page);
    return given.filter((id, at) => given.indexOf(id) !== at).map((id) => `${page}#${id}`);
  });
  assert.deepEqual(twice, []);
});

test("no link starts at the root of a host: the site works below any folder", () => {
  const rooted = html.flatMap((page) => linksOf(page).filter((link) => link.startsWith("/")));
  assert.deepEqual(rooted, []);
});

test("each page can be reached from the index of the guides", () => {
  const reached = new Set();
  const visitPage = (page) => {
    if (reached.has(page)) return;
    reached.add(page);
    for (const link of linksOf(page).filter((each) => !ABSOLUTE.test(each))) {
      const { file } = targetOf(page, link);
      if (html.includes(file)) visitPage(file);
    }
  };
  visitPage("docs/index.html");
  assert.deepEqual(html.filter((page) => !reached.has(page)), []);
});

test("a link to the repository names a file or folder of it", () => {
  const missing = html
    .flatMap((page) => linksOf(page).filter((link) => link.startsWith(`${REPOSITORY}/`)))
    .map((link) => link.slice(REPOSITORY.length).split("#")[0].replace(/^\/(?:blob|tree)\/main\//, ""))
    .filter((path) => !existsSync(join(root, path)));
  assert.deepEqual(missing, []);
});

test("each guide and each entry of the package has a page, as HTML and as Markdown", () => {
  const guides = readdirSync(join(root, "docs"), { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".md") && !name.startsWith("api/"));
  const paths = guides.map((name) => `docs/${name.replace(/README\.md$/, "index.md").replace(/\.md$/, "")}`);
  assert.ok(paths.length > 20);
  const { exports } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, { types }]) => types?.endsWith(".d.ts"));
  const reference = entries.map(([name]) => posix.join("api/filmgate", name));
  const missing = [...paths, ...reference].flatMap((path) =>
    [`${path}.html`, `${path}.md`].filter((file) => !existsSync(join(folder, file))),
  );
  assert.deepEqual(missing, []);
});

test("a page as Markdown has working links, and no comment for the tests", () => {
  const strange = filesOf(".md").flatMap((page) => {
    const found = [];
    visit(treeOfText(read(page)), ["link", "image", "definition", "html"], ({ type, url, value }) => {
      if (type === "html" ? value.startsWith("<!--") : !ABSOLUTE.test(url) && !existsSync(join(folder, targetOf(page, url).file))) {
        found.push(`${page}: ${url ?? value}`);
      }
    });
    return found;
  });
  assert.deepEqual(strange, []);
});

test("llms.txt has the form of llmstxt.org, names each page, and its links lead to files", () => {
  const text = read("llms.txt");
  assert.match(text, /^# filmgate\n\n> [^\n]+\n\n/);
  const [, ...sections] = text.split(/^## /m);
  assert.ok(sections.length >= 4);
  assert.equal(sections.at(-1).split("\n")[0], "Optional");
  for (const section of sections) {
    const [, ...lines] = section.trim().split("\n");
    for (const line of lines.filter(Boolean)) assert.match(line, /^- \[[^\]]+\]\([^)]+\)(: .+)?$/);
  }
  const links = all(text, /\]\(([^)]+)\)/g);
  assert.deepEqual(links.filter((link) => !existsSync(join(folder, link))), []);
  const listed = new Set(links);
  assert.deepEqual(filesOf(".md").filter((page) => !listed.has(page)), []);
});

test("llms-full.txt has the whole text of each guide", () => {
  const full = read("llms-full.txt");
  const words = (text) => text.replace(/\]\([^)]*\)/g, "]").replace(/\s+/g, " ").trim();
  const found = words(full);
  const guides = filesOf(".md").filter((page) => page.startsWith("docs/"));
  assert.deepEqual(guides.filter((page) => !found.includes(words(read(page)))), []);
  const links = [];
  visit(treeOfText(full), "link", ({ url }) => void links.push(url));
  const broken = links.filter((link) => !ABSOLUTE.test(link) && !existsSync(join(folder, link.split("#")[0])));
  assert.deepEqual(broken, []);
});
