// docs/models.md has what the catalog has: every model, every listing, every provider field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { root } from "../../scripts/lib/run.mjs";
import { tableBelow } from "./lib/pages.mjs";

const PAGE = "docs/models.md";
const models = createFilmgate().models();
const sold = tableBelow(PAGE, "Models and prices");
const fields = tableBelow(PAGE, "Request fields");
const COLUMN = { runpod: 1, runware: 2 };

test("every model has a row with all its listings", () => {
  for (const { id, listings } of models) {
    const row = sold.find(([name]) => name.includes(`\`${id}\``));
    assert.ok(row, `${PAGE} does not list ${id}`);
    for (const { provider, providerModelId, status } of listings) {
      const cell = row[COLUMN[provider]];
      const isRetired = cell.startsWith("retired") && status.state === "retired";
      assert.ok(isRetired || cell.includes(`\`${providerModelId}\``), `${PAGE} does not list ${providerModelId}`);
    }
  }
});

test("every field names its provider fields", () => {
  for (const { provider, providerModelId, params } of models.flatMap(({ listings }) => listings)) {
    for (const { field, providerField } of params) {
      const row = fields.find(([names]) => names.includes(`\`${field}\``));
      assert.ok(row, `${PAGE} does not list ${field}`);
      for (const path of providerField.split(" ").filter(Boolean)) {
        const name = path.slice(path.lastIndexOf(".") + 1);
        const cell = `${row[0]} ${row[COLUMN[provider]]}`;
        assert.match(cell, new RegExp(`\\b${name}\\b`), `${field} at ${provider} ${providerModelId}`);
      }
    }
  }
});

test("the READMEs state the number of models", () => {
  for (const page of ["README.md", "pkg/README.md"]) {
    const text = readFileSync(join(root, page), "utf8");
    assert.equal(Number(/(\d+)\s+models/.exec(text)?.[1]), models.length, page);
  }
});
