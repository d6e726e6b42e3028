// The list of an API key's jobs: by age, in stable pages.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
let indexes = 0;

function openIndex() {
  const name = `index ${indexes++}`;
  const call = (method, ...args) => objects.call("JOB_INDEX", name, method, ...args);
  const put = (jobId, createdAt, more) => call("put", summary(jobId, createdAt, more));
  return {
    put,
    remove: (jobId, createdAt) => call("remove", jobId, createdAt),
    fill: (count) => call("fill", count),
    list: (page) => call("list", { limit: 2, order: "desc", ...page }),
    storedBefore: (until) => call("storedBefore", until, 10),
  };
}

const summary = (jobId, createdAt, more) => ({
  jobId,
  createdAt,
  version: 1,
  updatedAt: createdAt,
  keyId: "key_1",
  model: "wan-2.6",
  status: "queued",
  text: `{"id":"video_${jobId}","prompt":"A Boat of ${jobId}"}`,
  ...more,
});

const ids = ({ entries, hasMore }) => [entries.map(({ jobId }) => jobId).join(""), hasMore];

test("newest or oldest first, page by page; equal times by id", async () => {
  const { put, list } = openIndex();
  for (const [jobId, at] of [["b", 2], ["a", 1], ["d", 2], ["c", 2], ["e", 3]]) await put(jobId, at);
  assert.deepEqual(ids(await list()), ["ed", true]);
  assert.deepEqual(ids(await list({ after: "d" })), ["cb", true]);
  assert.deepEqual(ids(await list({ after: "b" })), ["a", false]);
  assert.deepEqual(ids(await list({ after: "a" })), ["", false]);
  assert.deepEqual(ids(await list({ order: "asc" })), ["ab", true]);
  assert.deepEqual(ids(await list({ order: "asc", after: "b", limit: 3 })), ["cde", false]);
});

test("a job is in it once, with its first time and its latest summary, in whatever order they arrive", async () => {
  const { put, list } = openIndex();
  await put("a", 1, { version: 2, text: "second" });
  await put("a", 9, { version: 4, text: "fourth", status: "completed" });
  await put("a", 1, { version: 3, text: "third" });
  await put("a", 1, { version: 4, text: "fourth again" });
  const { entries } = await list();
  assert.deepEqual(entries, [{ jobId: "a", createdAt: 1, keyId: "key_1", summary: "fourth" }]);
  assert.deepEqual(ids(await list({ filter: { status: "queued" } })), ["", false]);
});

test("summaries that arrive at the same time are all written", async () => {
  const { put, list } = openIndex();
  await Promise.all(Array.from("abcdefgh", (jobId, at) => put(jobId, at)));
  assert.deepEqual(ids(await list({ limit: 10 })), ["hgfedcba", false]);
});

test("a summary that arrives after the job was removed does not bring it back, even if it is the first", async () => {
  const { put, remove, list } = openIndex();
  await put("a", 1);
  await remove("a", 1);
  await remove("b", 2);
  for (const jobId of ["a", "b"]) await put(jobId, 1, { version: 9 });
  await put("c", 0);
  assert.deepEqual(ids(await list({ limit: 10 })), ["c", false]);
  assert.deepEqual(ids(await list({ after: "b" })), ["c", false]);
});

test("filters: key, user, model, status, and words of the id or the prompt", async () => {
  const { put, list } = openIndex();
  await put("a", 1, { user: "ann", status: "failed" });
  await put("b", 2, { keyId: "key_2", model: "vidu-q3" });
  await put("c", 3, { text: "{ damaged" });
  await put("d", 4, { text: '{"prompt":null}' });
  const found = async (filter) => ids(await list({ limit: 10, filter }))[0];
  assert.equal(await found({ keyId: "key_1" }), "dca");
  assert.equal(await found({ user: "ann" }), "a");
  assert.equal(await found({ model: "vidu-q3" }), "b");
  assert.equal(await found({ status: "failed" }), "a");
  assert.equal(await found({ search: "bOAt of" }), "ba");
  assert.equal(await found({ search: "video_c" }), "c");
  assert.equal(await found({ search: "%" }), "");
  assert.equal(await found({ keyId: "key_1", search: "boat" }), "a");
  assert.equal(await found({ user: "' OR 1 --" }), "");
});

test("jobs whose files are stored longer than that, the oldest first", async () => {
  const { put, remove, storedBefore } = openIndex();
  for (const [jobId, storedSince] of [["b", 20], ["a", 10], ["c", 30], ["d", 5]]) await put(jobId, 1, { storedSince });
  await put("e", 1);
  await put("d", 1, { version: 2 });
  assert.deepEqual(await storedBefore(30), ["a", "b"]);
  await remove("a", 1);
  assert.deepEqual(await storedBefore(30), ["b"]);
});

test("after the jobs of a page are deleted the next page is still found", async () => {
  const { put, remove, list } = openIndex();
  for (const [at, jobId] of ["a", "b", "c", "d"].entries()) await put(jobId, at);
  await remove("d", 3);
  await remove("c", 2);
  await remove("c", 2);
  await put("c", 2);
  assert.deepEqual(ids(await list({ after: "c" })), ["ba", false]);
  assert.deepEqual(ids(await list()), ["ba", false]);
});

test("an empty index, and an unknown job", async () => {
  const { put, list } = openIndex();
  assert.deepEqual(ids(await list()), ["", false]);
  assert.equal(await list({ after: "a" }), null);
  await put("b", 1);
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
