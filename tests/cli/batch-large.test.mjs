// A CSV of `filmgate batch` is read once, however wide and long it is, and cell for cell.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { workplace } from "./support.mjs";

const write = ({ cwd }, text) => writeFileSync(join(cwd, "foxes.csv"), text);
const names = (count) => Array.from({ length: count }, (_, at) => `output.f${at}`);
/** As many cells as would take minutes if each copied those before it. */
const CELLS = 400_000;
/** Fails at the first deep copy. */
const NO_CLONE = "--import=data:text/javascript,globalThis.structuredClone=()=>process.exit(99)";

/** What is said about the file (2: it cannot be read as requests; 3: the requests are invalid). */
const refusalOf = async (place, { expected = 2, ...options } = {}) => {
  const { code, stderr } = await place.run(["batch", "foxes.csv", "--simulate", "--max-cost", "1"], options);
  assert.equal(code, expected, stderr);
  return stderr;
};

describe("filmgate batch: a large CSV", { concurrency: 2 }, () => {
  test("a head of more than 500 columns is refused", async (t) => {
    const place = workplace(t);
    for (const count of [501, CELLS]) {
      write(place, `${names(count).join(",")}\n1`);
      assert.match(await refusalOf(place), new RegExp(`The head of the CSV has ${count} columns\\. At most 500`));
    }
    write(place, `${names(500).join(",")}\n1`);
    assert.match(await refusalOf(place, { expected: 3 }), /line 2, model/);
  });

  test("a row of very many cells is refused", async (t) => {
    const place = workplace(t);
    write(place, `prompt,model\n${"a,".repeat(CELLS)}`);
    assert.match(await refusalOf(place), /Line 2 has 400001 cells, and the head 2/);
  });

  test("no field of a row copies those before it", async (t) => {
    const place = workplace(t);
    write(place, `prompt,${names(400).join(",")}\n${`a fox,${Array(400).fill("1").join(",")}\n`.repeat(3)}`);
    assert.match(await refusalOf(place, { expected: 3, env: { NODE_OPTIONS: NO_CLONE } }), /line 4, model/);
  });

  test("a quoted cell of a megabyte of quotes and line breaks is read once, and its lines count", async (t) => {
    const place = workplace(t);
    write(place, `prompt,model\n"${'""\n'.repeat(300_000)}",a\n,b,c`);
    assert.match(await refusalOf(place), /Line 300003 has 3 cells/);
  });

  test("a field that has a value cannot have fields, in a CSV and after --set", async (t) => {
    const place = workplace(t);
    write(place, "prompt,output,output.format\na fox,mp4,mp4");
    const message = /`output` has a value, so that it cannot have the fields of `output\.format`/;
    assert.match(await refusalOf(place), message);
    const { code, stderr } = await place.run(["validate", "a fox", "--set", "output=mp4", "--set", "output.format=mp4"]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  });
});
