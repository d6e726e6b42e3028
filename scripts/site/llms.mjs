// `llms.txt` in the form of llmstxt.org, and `llms-full.txt` with the text of every guide.
import { plainMarkdown } from "./markdown.mjs";

const SUMMARY =
  "One client for the video models that RunPod and Runware sell, for Node, Bun, Deno, browsers and Workers: requests are validated and " +
  "priced before anything is spent, never submitted twice, and recoverable after a reload, timeout or crash.";
const NOTES =
  "`npm install filmgate` installs the client; `npx filmgate generate … --simulate` generates on simulated providers without a key. " +
  "Every code block of the guides is run by the project's tests.";
/** Sections that a reader with little room may skip, by the file's convention. */
const OPTIONAL = ["Contribute", "More"];

export function llmsTxt(pages, base) {
  const sections = [...new Set(pages.map(({ section }) => section))].filter((name) => name && !OPTIONAL.includes(name));
  const line = ({ title, path, summary }) => `- [${title}](${base}${path}.md)${summary && `: ${summary}`}`;
  const list = (names) => pages.filter(({ section }) => names.includes(section)).map(line).join("\n");
  const [index] = pages;
  return `${[
    "# filmgate",
    `> ${SUMMARY}`,
    NOTES,
    `All guides in one file: [llms-full.txt](${base}llms-full.txt). Their index: [${index.title}](${base}${index.path}.md).`,
    ...sections.map((name) => `## ${name}\n\n${list([name])}`),
    `## Optional\n\n${list(OPTIONAL)}`,
  ].join("\n\n")}\n`;
}

/** The guides one after another, each below the address that it has in the site. */
export function llmsFullTxt(pages, links, base) {
  const guides = pages.filter(({ path }) => path.startsWith("docs/"));
  const text = (page) => `<!-- ${base}${page.path}.md -->\n\n${plainMarkdown(page, links.resolver(page, ".md", base))}`;
  return `> ${SUMMARY}\n\n${guides.map(text).join("\n---\n\n")}`;
}
