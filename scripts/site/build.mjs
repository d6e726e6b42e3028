// Writes the documentation, the API reference and the files for models beside the playground's page.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import MiniSearch from "minisearch";
import { root } from "../lib/run.mjs";
import { OPTIONS } from "./client/options.js";
import { pageHtml } from "./layout.mjs";
import { Links } from "./links.mjs";
import { llmsFullTxt, llmsTxt } from "./llms.mjs";
import { plainMarkdown, render } from "./markdown.mjs";
import { sitePages } from "./pages.mjs";

const MAX_EXCERPT_LEN = 160;

/**
 * Adds the documentation to a folder that has the page. `url`: where the site will be, for the absolute links of `llms.txt`;
 * `repository`: what links to the sources lead to, which are plain text without it.
 */
export async function writeDocumentation(folder, { url, repository = "" } = {}) {
  const pages = await allPages();
  const links = new Links(pages, repository);
  const base = url === undefined ? "" : url.replace(/\/*$/, "/");
  const rendered = pages.map((page) => ({ page, ...render(page.tree, links.resolver(page, ".html")) }));
  const files = {
    ...(await bundle()),
    index: hashed("search", "json", JSON.stringify(searchIndex(rendered))),
  };
  for (const { path, content } of Object.values(files)) write(folder, path, content);
  const site = { pages, repository, ...bootOf(folder) };
  for (const [name, { path }] of Object.entries(files)) site[name] = path;
  for (const { page, html, headings } of rendered) {
    write(folder, `${page.path}.html`, pageHtml({ page, html, headings, site }));
    write(folder, `${page.path}.md`, plainMarkdown(page, links.resolver(page, ".md")));
  }
  write(folder, "llms.txt", llmsTxt(pages, base));
  write(folder, "llms-full.txt", llmsFullTxt(pages, links, base));
  for (const [path, file] of links.pictures) cpSync(join(root, file), join(folder, path));
  return pages;
}

async function allPages() {
  const { writeReference } = await import("../../tests/docs/lib/api.mjs");
  const reference = mkdtempSync(join(tmpdir(), "filmgate-site-"));
  try {
    await writeReference(reference);
    return sitePages(reference);
  } finally {
    rmSync(reference, { recursive: true, force: true });
  }
}

/** The script and the style, each one file. */
async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ["client/main.js", "client/style.css"],
    outdir: "out",
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    target: ["es2023", "chrome125", "firefox128", "safari18"],
    logLevel: "warning",
  });
  const of = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  return { script: hashed("docs", "js", of(".js")), style: hashed("docs", "css", of(".css")) };
}

function searchIndex(rendered) {
  const index = new MiniSearch(OPTIONS);
  const documents = rendered.flatMap(({ page, sections }) =>
    sections.map(({ id, depth, heading, text }) => ({
      id: `${page.path}#${id}`,
      url: `${page.path}.html${depth === 1 ? "" : `#${id}`}`,
      title: page.title,
      heading,
      text,
      excerpt: text.slice(0, MAX_EXCERPT_LEN),
    })),
  );
  index.addAll(documents);
  return index;
}

/** The script in the playground's page, and its hash: the same headers fit all pages. */
function bootOf(folder) {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const boot = page.match(/<script>([^<]*)<\/script>/)[1];
  return { boot, bootHash: page.match(/'sha256-[^']+'/)[0] };
}

function hashed(name, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  return { path: `assets/${name}-${hash}.${extension}`, content };
}

function write(folder, path, content) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
