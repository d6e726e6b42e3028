// The form of bench/results: the same value, a record a line.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formatJson } from "../lib/json.mjs";
import { root } from "../lib/run.mjs";

test("a record is on one line, however long, and a value with several records is spread", () => {
  const record = { client: "c".repeat(200), errors: ["a", "b"], error: { name: "Error" }, end: null };
  const text = formatJson({ date: "2026-11-22", cases: [record, record], none: [], by: { c: record } });
  const line = JSON.stringify(record);
  const lines = ["{", ' "date": "2026-11-22",', ' "cases": [', `  ${line},`, `  ${line}`, " ],", ' "none": [],', ' "by": {'];
  const spread = ['  "c": {', `   "client": "${record.client}",`, '   "errors": ["a","b"],', '   "error": {"name":"Error"},', '   "end": null', "  }", " }", "}", ""];
  assert.deepEqual(text.split("\n"), [...lines, ...spread]);
});

test("it is what JSON.stringify says, to the last value", () => {
  const list = Array.from({ length: 40 }, (_, at) => [at, { at: undefined, deep: [{ at: -0.5 }] }, undefined]);
  for (const value of [list, { list, gone: undefined, text: '"\n"' }, "text", null, 7, [], {}]) {
    assert.deepEqual(JSON.parse(formatJson(value)), JSON.parse(JSON.stringify(value)));
  }
});

test("each file of results is in this form", () => {
  const folder = join(root, "bench", "results");
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.equal(text, formatJson(JSON.parse(text)), name);
  }
});
