// The verdict on one client under one fault.
import assert from "node:assert/strict";
import { test } from "node:test";
import { facts } from "../lib/facts.mjs";
import { verdict } from "../faults/verdict.mjs";

const NOTHING = {
  ...{ met: true, charges: 0, cancelled: 0 },
  ...{ delivered: false, found: false, told: false, free: false },
};
const CASES = [
  ["ok", { charges: 1, delivered: true }],
  ["X", {}],
  ["kept", { charges: 1, found: true }],
  ["**lost**", { charges: 1 }],
  ["**lost**, unknown", { charges: 1, told: true }],
  ["X, unknown", { told: true }],
  ["X, free", { free: true }],
  ["**lost**", { charges: 1, free: true }],
  ["cancelled", { charges: 1, cancelled: 1 }],
  ["ok", { charges: 1, cancelled: 1, delivered: true }],
  ["**2×**", { charges: 2, delivered: true }],
  ["**3×**, kept", { charges: 3, found: true }],
  ["**3×**, lost", { charges: 3 }],
  ["–", { met: false, charges: 1, delivered: true }],
  ["X", { met: false }],
  ["**2×**", { met: false, charges: 2, delivered: true }],
];

for (const [word, told] of CASES) {
  test(`${word}: ${JSON.stringify(told)}`, () => {
    assert.equal(verdict({ ...NOTHING, ...told }), word);
  });
}

test("an error's facts reach into its causes, and leave out its stack", () => {
  const cause = Object.assign(new Error("inner"), { jobId: "job-1", at: new URL("http://a/b") });
  const error = Object.assign(new Error("outer", { cause }), { send() {} });
  cause.again = error;
  const found = facts(error);
  assert.equal(found.message, "outer");
  assert.deepEqual(found.cause, {
    ...{ message: "inner", jobId: "job-1", at: "http://a/b", again: "(again)", name: "Error" },
    code: undefined,
  });
  assert.ok(!JSON.stringify(found).includes("facts("), "no stack");
  assert.equal(found.send, undefined);
});
