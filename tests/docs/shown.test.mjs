// A page fails if it shows a wrong result, or a result that its program never reaches.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { withChecks } from "./lib/shown.mjs";

const prelude = pathToFileURL(join(import.meta.dirname, "lib", "prelude.mjs")).href;

/** Runs a program like one of a page. */
function run(program) {
  const { text, count } = withChecks(program, "example.mjs");
  const env = { ...process.env, SHOWN: String(count) };
  const args = ["--import", prelude, "--input-type=module", "-e", text];
  return spawnSync(process.execPath, args, { env, encoding: "utf8" });
}

test("a correct result passes", () => {
  const { status, stderr } = run(`
    const job = { id: "job-12", costs: [1, 2, 3, 4], at: { x: -1, y: null } };
    job; // → { id: "job-…", … }
    console.log(job.costs); // → [1, …, 4]
    job.at;
    // → {
    //   x: -1,
    //   y: null,
    // }
    const { id, costs } = job; // → { id: "job-12", costs: [1, …] }
    const [first] = costs; // → [1]
    Promise.resolve(id); // → "job-12"
    const paid = () => { return first; };
    paid(); // → 1`);
  assert.equal(stderr, "");
  assert.equal(status, 0);
});

const WRONG = {
  "a value": `({ a: 1 }); // → { a: 2 }`,
  "a field that is left out": `({ a: 1, b: 2 }); // → { a: 1 }`,
  "a field that is not there": `({ a: 1 }); // → { a: 1, b: 2, … }`,
  "an item too many": `[1, 2]; // → [1]`,
  "an end": `[1, 2, 3]; // → [1, …, 4]`,
  "a promise's value": `await Promise.resolve("a"); // → "b"`,
  "a beginning": `"video"; // → "job-…"`,
};
for (const [what, program] of Object.entries(WRONG)) {
  test(`${what} that is wrong fails`, () => {
    assert.match(run(program).stderr, /The page does not show/);
  });
}

test("a result that the program never reaches fails", () => {
  assert.match(run(`if (false) {\n  Math.max(1); // → 1\n}`).stderr, /results that were reached/);
});

test("a result without a statement, or one that is not a value, is rejected", () => {
  assert.throws(() => withChecks(`if (true) { // → 1\n}`, "a.mjs"), /no statement/);
  assert.throws(() => withChecks(`1; // → about one`, "a.mjs"), /not a value/);
});

test("a program reaches only the simulated providers", () => {
  assert.match(
    run(`await fetch("https://example.com/");`).stderr,
    /nothing was sent to https:\/\/example\.com/,
  );
});
