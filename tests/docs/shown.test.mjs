// A page that shows a wrong result fails, or one that its program never comes to.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { withChecks } from "./lib/shown.mjs";

const prelude = pathToFileURL(join(import.meta.dirname, "lib", "prelude.mjs")).href;

/** Runs a program as a page's are; answers with what it complained of. */
function run(program) {
  const { text, count } = withChecks(program, "example.mjs");
  const env = { ...process.env, SHOWN: String(count) };
  const args = ["--import", prelude, "--input-type=module", "-e", text];
  return spawnSync(process.execPath, args, { env, encoding: "utf8" });
}

test("a result that is shown rightly passes", () => {
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
  "a beginning": `"film"; // → "job-…"`,
};
for (const [what, program] of Object.entries(WRONG)) {
  test(`${what} that is shown wrongly fails`, () => {
    assert.match(run(program).stderr, /The page shows something else/);
  });
}

test("a result that the program never comes to fails", () => {
  assert.match(run(`if (false) {\n  Math.max(1); // → 1\n}`).stderr, /results that were reached/);
});

test("a result of nothing, or one that is no value, is refused", () => {
  assert.throws(() => withChecks(`if (true) { // → 1\n}`, "a.mjs"), /no statement/);
  assert.throws(() => withChecks(`1; // → about one`, "a.mjs"), /not a value/);
});

test("a program reaches no provider but the simulated ones", () => {
  assert.match(
    run(`await fetch("https://example.com/");`).stderr,
    /nothing was sent to https:\/\/example\.com/,
  );
});
