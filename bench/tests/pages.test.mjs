// The published tables match the measurements.
import assert from "node:assert/strict";
import { test } from "node:test";
import { page as faultsPage } from "../faults/page.mjs";
import { jobs } from "../polling/jobs.mjs";
import { page as pollingPage } from "../polling/page.mjs";

const CLIENTS = [
  { name: "a", title: "A", limited: "one way" },
  { name: "b", title: "B", limited: "another" },
];
const rowsOf = (page) => page.split("\n").filter((line) => line.startsWith("|"));

test("faults: a row for each fault, and the sums below", () => {
  const faults = [
    { name: "f", title: "F" },
    { name: "g", title: "G" },
  ];
  const cases = [
    { client: "a", fault: "f", verdict: "ok", charges: 1 },
    { client: "b", fault: "f", verdict: "**2×**, lost", charges: 2 },
    { client: "a", fault: "g", verdict: "–" },
    { client: "b", fault: "g", verdict: "**lost**, unknown", charges: 1, told: true },
  ];
  assert.deepEqual(rowsOf(faultsPage(CLIENTS, faults, cases)), [
    "| fault | A | B |",
    "| --- | --- | --- |",
    "| F | ok | **2×**, lost |",
    "| G | – | **lost**, unknown |",
    "| *paid more than once* | 0 | 1 |",
    "| *paid and lost* | 0 | 2 |",
    "| *… without a word that it may be so* | 0 | 1 |",
  ]);
});

test("polling: jobs alone, then means over the others, and what was not delivered", () => {
  const good = jobs.map((_, at) => ({ requests: at, delivered: true, lateMs: 100 * at }));
  const bad = jobs.map((_, at) => ({ requests: 1, delivered: at % 2 === 0, lateMs: 1000 }));
  assert.deepEqual(rowsOf(pollingPage(CLIENTS, [good, bad])), [
    "| client | 10 s | 60 s | 185 s | about 60 s |",
    "| --- | --- | --- | --- | --- |",
    "| A | 0 · 0.00 s | 1 · 0.10 s | 2 · 0.20 s | 6.5 · 0.65 s |",
    "| B | 1 · 1.00 s | 1 · not delivered | 1 · 1.00 s | 1 · 4 of 8 not delivered |",
  ]);
});
