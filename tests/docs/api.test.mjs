// The reference says what the types say, and the types leave nothing unsaid.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { entries, writeReference } from "./lib/api.mjs";

let folder, unsaid;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "filmgate-api-"));
  unsaid = await writeReference(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The files of a folder and what is in them. */
function contents(of) {
  const paths = readdirSync(of, { recursive: true }).filter((path) =>
    statSync(join(of, path)).isFile(),
  );
  return Object.fromEntries(
    paths.sort().map((path) => [path, readFileSync(join(of, path), "utf8")]),
  );
}

test("every public name, property and method is described", () => {
  assert.deepEqual(unsaid, []);
});

test("docs/api is what `npm run docs` makes", () => {
  const [made, kept] = [contents(folder), contents(join(root, "docs", "api"))];
  const hint = "run `npm run docs` and commit what it changes";
  assert.deepEqual(Object.keys(kept), Object.keys(made), hint);
  for (const [path, text] of Object.entries(made))
    assert.equal(kept[path], text, `${path}: ${hint}`);
});

test("each entry of the package has a page", () => {
  const pages = Object.keys(contents(join(root, "docs", "api")));
  for (const { name } of entries()) assert.ok(pages.includes(`${name}.md`), name);
});
