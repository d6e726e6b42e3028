// Every public type has a description, and the generated reference contains all of them.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { entries, writeReference } from "./lib/api.mjs";

let folder, unsaid;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "filmgate-api-"));
  unsaid = await writeReference(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("every public name, property and method is described", () => {
  assert.deepEqual(unsaid, []);
});

test("each entry of the package has a page, and the first page names it", () => {
  const pages = readdirSync(folder, { recursive: true });
  const index = readFileSync(join(folder, "README.md"), "utf8");
  for (const { name } of entries()) {
    assert.ok(pages.includes(`${name}.md`), name);
    assert.ok(index.includes(`## ${name}\n`), name);
  }
});
