// The table of speed matches the measurements, and says which goals are met.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mediansOf } from "../speed/page.mjs";
import { GATEWAY, MODULE, ONE, RESPONSE, SLIM, WHOLE } from "../speed/names.mjs";
import { speedTable } from "../speed/table.mjs";

const rowsOf = (text) => text.split("\n").filter((line) => !line.includes("---"));
const names = ["Node 20", "Node 24", "Chromium"];
const inEach = (values) => Object.fromEntries(names.map((name, at) => [name, values(at)]));
const firstBy = (importMs, callMs) => ({ importMs, callMs });

const results = {
  baseline: "1234567",
  runtimes: names.map((name, at) => ({ name, version: `${at}.0` })),
  calls: inEach((at) => ({
    [ONE]: { filmgate: 24 + at, baseline: 70 },
    [RESPONSE]: { filmgate: 20, baseline: 30, openai: 40 },
  })),
  first: inEach((at) => ({
    filmgate: firstBy(30, 10 + at / 2),
    ready: firstBy(0, 0.5 + at),
    openai: firstBy(100, 2),
    baseline: firstBy(20, 12),
  })),
  bytes: {
    [WHOLE]: { filmgate: 125_000, baseline: 119_967, openai: 86_000 },
    [SLIM]: { filmgate: 18_001, baseline: 23_000 },
    [GATEWAY]: { filmgate: 17_000 },
    [MODULE]: { filmgate: 92_000, baseline: 82_814 },
  },
};

test("a column for each client, a value for each runtime, and where a goal is missed", () => {
  assert.deepEqual(rowsOf(speedTable(results, ["filmgate", "baseline", "openai"], { goals: true })), [
    "| Node 20 · Node 24 · Chromium | goal |  | **filmgate** | filmgate at 1234567 | `openai` |",
    "| `validate` and `quote` of one request, µs | 25 | **missed** in Chromium | 24.0 · 25.0 · 26.0 | 70.0 · 70.0 · 70.0 |  |",
    "| one response of a running job, µs | 25 | met | 20.0 · 20.0 · 20.0 | 30.0 · 30.0 · 30.0 | 40.0 · 40.0 · 40.0 |",
    "| import, ms |  |  | 30.0 · 30.0 · 30.0 | 20.0 · 20.0 · 20.0 | 100.0 · 100.0 · 100.0 |",
    "| first call, ms | 10, in Chromium 11 | **missed** in Node 24 | 10.0 · 10.5 · 11.0 | 12.0 · 12.0 · 12.0 | 2.00 · 2.00 · 2.00 |",
    "| first call after `ready()`, ms | about 1 | **missed** in Chromium | 0.50 · 1.50 · 2.50 |  |  |",
    `| ${WHOLE}, kB | 125 | met | 125.0 | 120.0 | 86.0 |`,
    `| ${SLIM}, kB | 18 | **missed** | 18.0 | 23.0 |  |`,
    `| ${GATEWAY}, kB | 18 | met | 17.0 |  |  |`,
    `| ${MODULE}, kB | 92 | met | 92.0 | 82.8 |  |`,
  ]);
});

test("a row that none of the columns has is left out", () => {
  const isShown = (what) => what !== "import, ms";
  assert.deepEqual(rowsOf(speedTable(results, ["openai"], { isShown })), [
    "| Node 20 · Node 24 · Chromium | `openai` |",
    "| one response of a running job, µs | 40.0 · 40.0 · 40.0 |",
    "| first call, ms | 2.00 · 2.00 · 2.00 |",
    `| ${WHOLE}, kB | 86.0 |`,
  ]);
});

test("of several rounds the median of each call", () => {
  const rounds = [3, 1, 2].map((us) => ({ [ONE]: { filmgate: us, baseline: 10 * us } }));
  assert.deepEqual(mediansOf(rounds), { [ONE]: { filmgate: 2, baseline: 20 } });
});
