// The list of an API key's jobs: by age, in stable pages.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
let indexes = 0;

function openIndex() {
  const name = `index ${indexes++}`;
  const call = (method, ...args) => objects.call("JOB_INDEX", name, method, ...args);
  return {
    add: (jobId, createdAt) => call("add", { jobId, createdAt }),
    remove: (jobId) => call("remove", jobId),
    fill: (count) => call("fill", count),
    list: (page) => call("list", { limit: 2, order: "desc", ...page }),
  };
}

const ids = ({ entries, hasMore }) => [entries.map(({ jobId }) => jobId).join(""), hasMore];

test("newest or oldest first, page by page; equal times by id", async () => {
  const { add, list } = openIndex();
  for (const [jobId, at] of [["b", 2], ["a", 1], ["d", 2], ["c", 2], ["e", 3]]) await add(jobId, at);
  assert.deepEqual(ids(await list()), ["ed", true]);
  assert.deepEqual(ids(await list({ after: "d" })), ["cb", true]);
  assert.deepEqual(ids(await list({ after: "b" })), ["a", false]);
  assert.deepEqual(ids(await list({ after: "a" })), ["", false]);
  assert.deepEqual(ids(await list({ order: "asc" })), ["ab", true]);
  assert.deepEqual(ids(await list({ order: "asc", after: "b", limit: 3 })), ["cde", false]);
});

test("a job is in it once, with its first time", async () => {
  const { add, list } = openIndex();
  await add("a", 1);
  await add("a", 9);
  assert.deepEqual((await list()).entries, [{ jobId: "a", createdAt: 1 }]);
});

test("after the jobs of a page are deleted the next page is still found", async () => {
  const { add, remove, list } = openIndex();
  for (const [at, jobId] of ["a", "b", "c", "d"].entries()) await add(jobId, at);
  await remove("d");
  await remove("c");
  await remove("c");
  await add("c", 2);
  assert.deepEqual(ids(await list({ after: "c" })), ["ba", false]);
  assert.deepEqual(ids(await list()), ["ba", false]);
});

test("an empty index, and an unknown job", async () => {
  const { add, remove, list } = openIndex();
  assert.deepEqual(ids(await list()), ["", false]);
  assert.equal(await list({ after: "a" }), null);
  await remove("a");
  await add("b", 1);
  assert.equal(await list({ after: "a" }), null);
});

test("a hundred thousand jobs, from either end and from the middle", async () => {
  const { fill, list } = openIndex();
  await fill(100_000);
  const at = async (page) => (await list({ limit: 100, ...page })).entries.map((e) => e.createdAt);
  const range = (from, step) => Array.from({ length: 100 }, (_, i) => from + i * step);
  assert.deepEqual(await at({}), range(99_999, -1));
  assert.deepEqual(await at({ after: "job 50000" }), range(49_999, -1));
  assert.deepEqual(await at({ after: "job 50000", order: "asc" }), range(50_001, 1));
  assert.deepEqual(await at({ order: "asc" }), range(0, 1));
  const end = await list({ limit: 100, order: "asc", after: "job 99989" });
  assert.deepEqual([end.entries.length, end.hasMore], [10, false]);
});
