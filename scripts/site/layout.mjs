// The frame of a page: bar with search, navigation, text, and the way to the pages before and after.
import { posix } from "node:path";

// No script but the site's own file and, on an index, the playground's first lines, which are named by their hash.
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/**
 * The HTML of a page. `site`: `{ pages, style, script, index, boot, bootHash, repository, source }`, paths from the site's root; `boot`
 * adds the slash that an index page's address may lack.
 */
export function pageHtml({ page, html, headings, site }) {
  const up = posix.relative(posix.dirname(page.path), ".") || ".";
  const to = (path) => `${up}/${path}`;
  const isIndex = posix.basename(page.path) === "index";
  const scripts = isIndex ? `script-src 'self' ${site.bootHash}` : "script-src 'self'";
  const title = page.path === "docs/index" ? "Documentation · filmgate" : `${page.title} · filmgate`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${[scripts, ...POLICY].join("; ")}">${isIndex ? `\n    <script>${site.boot}</script>` : ""}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="description" content="${escape(descriptionOf(page))}">
    <title>${escape(title)}</title>
    <link rel="icon" href="${to("icon.svg")}" type="image/svg+xml">
    <link rel="stylesheet" href="${to(site.style)}">
    <link rel="alternate" type="text/markdown" href="${posix.basename(page.path)}.md">
    <script type="module" src="${to(site.script)}"></script>
  </head>
  <body data-index="${to(site.index)}" data-root="${up}/">
    <a class="skip" href="#text">To the text</a>
    <header class="bar">
      <a class="name" href="${up}/"><img src="${to("icon.svg")}" alt="" width="24" height="24"> filmgate</a>
      <search class="search" hidden>
        <input id="search" type="search" role="combobox" aria-label="Search the documentation" aria-controls="found" aria-expanded="false" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="Search">
        <kbd aria-hidden="true">/</kbd>
        <div class="results" hidden>
          <div id="found" role="listbox" aria-label="Found"></div>
          <p id="found-count" role="status"></p>
        </div>
      </search>
      <nav class="links" aria-label="Site">
        <a href="${up}/">Playground</a>
        <a href="${to("docs/")}"${page.path.startsWith("docs/") ? ' aria-current="true"' : ""}>Docs</a>
        <a href="${to("api/")}"${page.path.startsWith("api/") ? ' aria-current="true"' : ""}>API</a>${site.repository === "" ? "" : `\n        <a href="${escape(site.repository)}">Source</a>`}
      </nav>
    </header>
    <p class="failure" id="failure" role="alert" hidden></p>
    <div class="columns">
      <nav class="pages" aria-label="Pages">
        <details class="fold" open>
          <summary>Pages</summary>
${navigation(page, site.pages)}
        </details>
      </nav>
      <main id="text" tabindex="-1">
        <article>
${html}
        </article>
        ${around(page, site.pages)}
        <footer>
          <a href="${posix.basename(page.path)}.md">This page as Markdown</a>
          <a href="${to("llms.txt")}">llms.txt</a>
          <a href="${to("llms-full.txt")}">All guides in one file</a>
        </footer>
      </main>
      ${contents(headings)}
    </div>
  </body>
</html>
`;
}

function descriptionOf({ title, summary }) {
  return summary ? `filmgate: ${summary}` : `${title}: filmgate generates videos on RunPod and Runware, validated, priced and never paid for twice.`;
}

function navigation(current, pages) {
  const sections = [...new Set(pages.map(({ section }) => section))].filter(Boolean);
  return sections
    .map((section) => {
      const items = pages.filter((page) => page.section === section).map((page) => item(page, current));
      return `          <h2>${escape(section)}</h2>\n          <ul>\n${items.join("\n")}\n          </ul>`;
    })
    .join("\n");
}

function item(page, current) {
  const mark = page === current ? ' aria-current="page"' : "";
  return `            <li><a href="${hrefFrom(current, page)}"${mark}>${escape(page.title)}</a></li>`;
}

const hrefFrom = (from, to) => posix.relative(posix.dirname(from.path), `${to.path}.html`);

function around(page, pages) {
  const at = pages.indexOf(page);
  const link = (other, rel, label) =>
    other ? `<a rel="${rel}" href="${hrefFrom(page, other)}"><small>${label}</small> ${escape(other.title)}</a>` : "<span></span>";
  return `<nav class="around" aria-label="Before and after">${link(pages[at - 1], "prev", "Before")}${link(pages[at + 1], "next", "Next")}</nav>`;
}

function contents(headings) {
  if (headings.length < 2) return "";
  const items = headings.map(({ id, heading }) => `<li><a href="#${escape(id)}">${escape(heading)}</a></li>`);
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>${items.join("")}</ul></nav>`;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
