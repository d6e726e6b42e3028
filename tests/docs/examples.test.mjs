// Each code block of the documentation does what its page says; README.md here documents the markers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";
import { blocksOf, pages, programsOf, strayComments } from "./lib/pages.mjs";
import { withChecks } from "./lib/shown.mjs";

const PRELUDE = pathToFileURL(join(import.meta.dirname, "lib", "prelude.mjs")).href;
const TSC = join(root, "node_modules", ".bin", "tsc");
const EXTENSIONS = { js: "mjs", mjs: "mjs", cjs: "cjs", ts: "mts" };
const MAX_RUN_MS = 300_000;

const programs = pages().flatMap(programsOf);
const blocks = pages().flatMap(blocksOf);

let output;
before(() => {
  // Inside the repository, so that a program finds the packages of its tests.
  mkdirSync(join(root, "tests", "output"), { recursive: true });
  output = mkdtempSync(join(root, "tests", "output", "docs-"));
});
after(() => rmSync(output, { recursive: true, force: true }));

/** A folder like a user's project, in which `filmgate` and the given packages are found. */
function project({ page, line, packages }) {
  const outer = join(output, `${page}-${line}`.replaceAll("/", "-"));
  const folder = join(outer, "project");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
  // Only where versions differ: what the folders share is the root's, and found there.
  const own = packages && join(root, packages, "node_modules");
  if (own && existsSync(own)) symlinkSync(own, join(outer, "node_modules"), "dir");
  return folder;
}

function run(file, how, command = process.execPath, args = ["--import", PRELUDE]) {
  return new Promise((resolve) => {
    const options = { ...how, encoding: "utf8", timeout: MAX_RUN_MS, killSignal: "SIGKILL" };
    execFile(command, [...args, file], options, (error, out, err) => resolve({ error, out, err }));
  });
}

// Most of their time is waiting for a simulated job.
describe("each program of a page runs", { concurrency: 6 }, () => {
  for (const program of programs) {
    test(`${program.page}:${program.line}`, async () => {
      const folder = project(program);
      const name = `example.${EXTENSIONS[program.lang]}`;
      const { text, count } = withChecks(program.text, name);
      const isTyped = program.lang === "ts";
      const { code } = isTyped ? await transform(text, { loader: "ts" }) : { code: text };
      const file = join(folder, name.replace("mts", "mjs"));
      writeFileSync(file, code);
      const env = { ...process.env, SHOWN: String(count) };
      const { error, err } = await run(file, { cwd: folder, env });
      assert.ok(!error, `${error?.killed ? "It does not end.\n" : ""}${err}\n${code}`);
    });
  }
});

test("each program passes the type check", async () => {
  const files = programs.map((program) => {
    const folder = project({ ...program, line: `${program.line}-types` });
    const file = join(folder, `example.${EXTENSIONS[program.lang]}`);
    writeFileSync(file, program.text);
    return file;
  });
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    target: "es2022",
    module: "nodenext",
    lib: ["es2022", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node"],
  };
  files.push(join(import.meta.dirname, "lib", "prelude.d.ts"));
  const config = join(output, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const { error, out } = await run(config, { cwd: root }, TSC, ["-p"]);
  assert.ok(!error, out);
});

test("an excerpt of a file is in that file", () => {
  const lines = (text) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .join("\n");
  for (const { page, line, code, directives } of blocks.filter(({ directives }) => "from" in directives)) {
    const isExcerpt = lines(readFileSync(join(root, directives.from), "utf8")).includes(lines(code));
    assert.ok(isExcerpt, `${page}:${line} is not in ${directives.from}`);
  }
});

test("Rust that is not an excerpt is on a page that cargo tests", () => {
  const crate = readFileSync(join(root, "src", "lib.rs"), "utf8");
  const left = blocks.filter(({ lang, directives }) => /^rust\b/.test(lang) && !("from" in directives));
  for (const { page } of left) assert.ok(crate.includes(`include_str!("../${page}")`), page);
});

test("a block of JSON is JSON", () => {
  for (const { lang, code } of blocks) if (lang === "json") JSON.parse(code);
});

test("every block has a language, and every hidden comment a meaning", () => {
  const known = [
    "cjs",
    "console",
    "html",
    "js",
    "json",
    "jsonc",
    "jsx",
    "mjs",
    "rust",
    "rust,no_run",
    "sh",
    "text",
    "toml",
    "ts",
    "tsx",
  ];
  const strange = blocks.filter(({ lang }) => !known.includes(lang));
  assert.deepEqual(
    strange.map(({ page, line, lang }) => `${page}:${line} ${lang}`),
    [],
  );
  assert.deepEqual(pages().flatMap(strayComments), []);
  const unsaid = blocks.filter(({ directives }) => directives["no run"] === "");
  assert.deepEqual(
    unsaid.map(({ page, line }) => `${page}:${line} does not say why`),
    [],
  );
});
