// The tables of growth match the measurements, and say which goals are met.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobsTable, listingsTable, problemsTable } from "../growth/page.mjs";

const rowsOf = (text) => text.split("\n").filter((line) => !line.includes("---"));

test("goals of 100 listings, and of no other number", () => {
  const row = { allUs: 400, bytes: 20_001, oneUs: 9 };
  const listings = [{ ...row, listings: 34 }, { ...row, listings: 100 }];
  assert.deepEqual(rowsOf(listingsTable({ listings })).slice(1), [
    "| 34 | 400.0 |  |  | 20001 |  |  | 9.00 |",
    "| 100 | 400.0 | 500 | met | 20001 | 20000 | **missed** | 9.00 |",
  ]);
});

test("problems with what is reported, jobs with memory in kB", () => {
  const problem = { problems: 10, unknownUs: 5, unknownReported: 10, misspeltUs: 20, misspeltReported: 11, imagesUs: 30, imagesReported: 12 };
  assert.deepEqual(rowsOf(problemsTable({ problems: [problem] })).slice(1), ["| 10 | 5.00 · 10 | 20.0 · 11 | 30.0 · 12 |"]);
  const job = { provider: "runware", jobs: 100, cpuMsPerJob: 1.234, requestsPerJob: 2.5, lateMs: 1_500, runningBytesPerJob: 12_340, endedBytesPerJob: 2_000, deletedBytes: -100, moduleBytes: 1_310_720 };
  assert.deepEqual(rowsOf(jobsTable({ jobs: [job] })).slice(1), ["| 100, Runware | 1.23 | 2.50 | 1.50 | 12.3 | 2.0 | -0.1 | 1.3 |"]);
});
