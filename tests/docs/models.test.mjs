// The page of models has what the catalog has: every model, every listing, every place of a field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { root } from "../../scripts/lib/run.mjs";
import { tableBelow } from "./lib/pages.mjs";

const PAGE = "docs/models.md";
const models = createFilmgate().models();
const sold = tableBelow(PAGE, "What is sold");
const fields = tableBelow(PAGE, "One request for all");
const COLUMN = { runpod: 1, runware: 2 };

test("every model has a row, and every listing its place in it", () => {
  for (const { id, listings } of models) {
    const row = sold.find(([name]) => name.includes(`\`${id}\``));
    assert.ok(row, `${PAGE} does not list ${id}`);
    for (const { provider, providerModelId, status } of listings) {
      const cell = row[COLUMN[provider]];
      const isGone = cell.startsWith("retired") && status.state === "retired";
      assert.ok(isGone || cell.includes(`\`${providerModelId}\``), `${PAGE} does not list ${providerModelId}`);
    }
  }
});

test("every field says its place at each provider", () => {
  for (const { provider, providerModelId, params } of models.flatMap(({ listings }) => listings)) {
    for (const { field, providerField } of params) {
      const row = fields.find(([names]) => names.includes(`\`${field}\``));
      assert.ok(row, `${PAGE} does not list ${field}`);
      for (const place of providerField.split(" ").filter(Boolean)) {
        const name = place.slice(place.lastIndexOf(".") + 1);
        const cell = `${row[0]} ${row[COLUMN[provider]]}`;
        assert.match(cell, new RegExp(`\\b${name}\\b`), `${field} at ${provider} ${providerModelId}`);
      }
    }
  }
});

test("the number of models is the one that is told", () => {
  for (const page of ["README.md", "pkg/README.md"]) {
    const text = readFileSync(join(root, page), "utf8");
    assert.equal(Number(/(\d+)\s+models/.exec(text)?.[1]), models.length, page);
  }
});
