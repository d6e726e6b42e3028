// Every link of every page has a target, and every command and path that a page names exists.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { remark } from "remark";
import remarkGfm from "remark-gfm";
import remarkValidateLinks from "remark-validate-links";
import { engine } from "unified-engine";
import { visit } from "unist-util-visit";
import { root } from "../../scripts/lib/run.mjs";
import { stages } from "../../scripts/lib/stages.mjs";
import { blocksOf, filesOf, markdownFiles, treeOf } from "./lib/pages.mjs";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const FOLDERS = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^(?!node_modules|target)[a-z]/.test(entry.name))
  .map(({ name }) => name);
const GENERATED = "pkg/dist|docs/api|fuzz/corpus|tests/output|target";
const SHORT = { start: "npm start", test: "npm test" };
// A path of the repository, in inline code.
const PATH = new RegExp(`^(?!${GENERATED})(${FOLDERS.join("|")})/[\\w./-]*$`);

test("each relative link points to a file, and to a heading of it", async () => {
  const streamError = new PassThrough();
  const code = await promisify(engine)({
    cwd: root,
    processor: remark().use(remarkGfm),
    plugins: [[remarkValidateLinks, { repository: false }]],
    files: markdownFiles(),
    frail: true,
    quiet: true,
    output: false,
    streamError,
  });
  assert.equal(code, 0, String(streamError.read()));
});

test("docs/README.md links every page of docs/", () => {
  const named = new Set();
  visit(treeOf("docs/README.md"), "link", ({ url }) => void named.add(url.split("#")[0]));
  const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  assert.deepEqual(
    pages.filter((name) => name !== "README.md" && !named.has(name)),
    [],
  );
});

test("the package's README has no relative link, because npm shows it alone", () => {
  const links = [];
  visit(treeOf("pkg/README.md"), ["link", "image"], ({ url }) => links.push(url));
  assert.deepEqual(
    links.filter((url) => !/^(https:|#)/.test(url)),
    [],
  );
});

test("each command and each path that a page names exists", () => {
  const strange = markdownFiles().flatMap((page) =>
    commandsOf(page).flatMap((command) => {
      const problem = problemOf(command, page);
      return problem ? [`${page}: \`${command}\`: ${problem}`] : [];
    }),
  );
  assert.deepEqual(strange, []);
});

test("CONTRIBUTING.md names each command, each folder and each variable", () => {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const folders = FOLDERS.filter((name) => filesOf("", name).length > 0);
  const read = filesOf(".mjs").map((path) => readFileSync(join(root, path), "utf8"));
  const variables = new Set(read.join("\n").match(/(?<=process\.env\.)FILMGATE_\w+/g));
  // `npm test` sets these for its own stages.
  for (const own of ["FILMGATE_SIM", "FILMGATE_GATEWAY_HOST"]) variables.delete(own);
  const commands = Object.keys(scripts).map((name) =>
    name in SHORT ? SHORT[name] : `npm run ${name}`,
  );
  const wanted = [...commands, ...variables, ...folders.map((folder) => `\`${folder}/\``)];
  assert.deepEqual(
    wanted.filter((name) => !text.includes(name)),
    [],
  );
});

/** The commands in shell blocks and in inline code. */
function commandsOf(page) {
  const commands = blocksOf(page)
    .filter(({ lang }) => lang === "sh")
    .flatMap(({ code }) => code.split("\n"));
  visit(treeOf(page), "inlineCode", ({ value }) => void commands.push(value));
  return commands.map((command) => command.replace(/\s#.*/, "").trim());
}

function problemOf(command, page) {
  const [program, first, second] = command.split(/\s+/);
  if (program === "npm" && first === "run") {
    return second in scripts ? undefined : "package.json has no such script";
  }
  if (program === "npm" && first === "test") {
    const names = command.split(" -- ")[1]?.split(/\s+/) ?? [];
    const known = new Set(stages.map(({ name }) => name));
    return names.find((name) => name !== "--changed" && !known.has(name)) && "there is no such stage";
  }
  if (program === "node" && /^[\w./-]+\.m?js$/.test(first)) {
    // The packed gateway has the folder worker/local at its top.
    const isThere = [root, join(root, "worker")].some((at) => existsSync(join(at, first)));
    return isThere ? undefined : "there is no such file";
  }
  if (program === "cargo" && first === "test") {
    const [, suite, filters] = command.match(/--test (\w+)(.*)$/) ?? [];
    if (!suite) return undefined;
    const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
    if (!manifest.includes(`[[test]]\nname = "${suite}"`)) return "there is no such suite";
    const names = filters.split(/\s+/).filter((word) => word && !word.startsWith("-"));
    return names.every((name) => existsSync(join(root, "tests", name, "mod.rs"))) ? undefined : "there is no such test";
  }
  if (command === program && PATH.test(program)) {
    const isThere = [root, join(root, dirname(page))].some((at) => existsSync(join(at, program)));
    return isThere ? undefined : "there is no such file";
  }
  return undefined;
}
