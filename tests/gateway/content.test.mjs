// A video's file: whole and by range, from R2 or, if it could not be archived, from the provider.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const video = await served.generate(apiKey, {
  prompt: "A paper boat",
  filmgate: { n: 2, provider: "runware" },
});

/** `{ status, headers, bytes }`. */
const get = async (headers = {}, { query = "", id = video.id, method = "GET", as = apiKey } = {}) => {
  const answer = await fetch(`${served.url}/v1/videos/${id}/content${query}`, {
    method,
    headers: { ...(as && { authorization: `Bearer ${as}` }), ...headers },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, bytes };
};

const whole = await get();
const size = whole.bytes.length;
const etag = whole.headers.get("etag");

test("the whole file has its length, ETag and type", () => {
  assert.equal(whole.status, 200);
  assert.equal(whole.bytes.toString("latin1", 4, 8), "ftyp");
  assert.equal(whole.headers.get("content-length"), String(size));
  assert.equal(whole.headers.get("content-type"), "video/mp4");
  assert.equal(whole.headers.get("accept-ranges"), "bytes");
  assert.match(etag, /^"[0-9a-f]+"$/);
});

test("HEAD returns the same headers without a body", async () => {
  const { status, headers, bytes } = await get({ range: "bytes=0-1" }, { method: "HEAD" });
  assert.deepEqual([status, bytes.length], [200, 0]);
  for (const name of ["content-length", "content-type", "etag", "accept-ranges"]) {
    assert.equal(headers.get(name), whole.headers.get(name), name);
  }
});

const PARTS = {
  "bytes=0-0": [0, 1],
  "bytes=10-19": [10, 20],
  [`bytes=${size - 5}-`]: [size - 5, size],
  "bytes=-7": [size - 7, size],
  [`bytes=0-${size + 1000}`]: [0, size],
  [`bytes=-${size + 1000}`]: [0, size],
};

test("a range is exact", async () => {
  for (const [range, [start, end]] of Object.entries(PARTS)) {
    const { status, headers, bytes } = await get({ range });
    assert.equal(status, 206, range);
    assert.equal(headers.get("content-range"), `bytes ${start}-${end - 1}/${size}`);
    assert.equal(headers.get("content-length"), String(end - start));
    assert.deepEqual(bytes, whole.bytes.subarray(start, end), range);
  }
});

test("an invalid range, or several, returns the whole file", async () => {
  for (const range of ["bytes=5-2", "bytes=0-1,5-6", "bytes=-", "lines=1-2", "bytes=a-b"]) {
    const { status, bytes } = await get({ range });
    assert.deepEqual([status, bytes.length], [200, size], range);
  }
});

test("a range beyond the end is rejected with the length", async () => {
  for (const range of [`bytes=${size}-`, `bytes=${size + 5}-${size + 9}`, "bytes=-0"]) {
    const { status, headers, bytes } = await get({ range });
    assert.equal(status, 416, range);
    assert.equal(headers.get("content-range"), `bytes */${size}`);
    assert.equal(JSON.parse(bytes).error.code, "range_not_satisfiable");
  }
});

test("a download resumes only if the file is the same", async () => {
  const same = await get({ range: "bytes=0-9", "if-range": etag });
  assert.deepEqual([same.status, same.bytes.length], [206, 10]);
  const other = await get({ range: "bytes=0-9", "if-range": '"0"' });
  assert.deepEqual([other.status, other.bytes.length], [200, size]);
  const date = await get({ range: "bytes=0-9", "if-range": new Date().toUTCString() });
  assert.deepEqual([date.status, date.bytes.length], [200, size]);
  for (const tags of [etag, `W/${etag}`, `"0", ${etag}`, "*"]) {
    const known = await get({ "if-none-match": tags });
    assert.deepEqual([known.status, known.bytes.length], [304, 0], tags);
  }
  assert.equal((await get({ "if-none-match": '"0"' })).status, 200);
});

test("each of several videos has its index; there is no other variant", async () => {
  const second = await get({}, { query: "?index=1" });
  assert.equal(second.status, 200);
  const third = await get({}, { query: "?index=2" });
  assert.equal(third.status, 404);
  for (const index of ["-1", "x", "1.0", "1e0"]) {
    assert.equal((await get({}, { query: `?index=${index}` })).status, 400, index);
  }
  for (const [variant, error] of [["thumbnail", [404, "no_poster"]], ["spritesheet", [400, "unsupported_variant"]]]) {
    const { status, bytes } = await get({}, { query: `?variant=${variant}` });
    assert.deepEqual([status, JSON.parse(bytes).error.code], error);
  }
});

test("a signed URL opens that one video without an API key, and only as it was signed", async () => {
  const addresses = video.filmgate.outcome.videos.map(({ url }) => new URL(url));
  for (const url of addresses) {
    assert.equal(url.origin, served.url);
    const answer = await fetch(url, { headers: { range: "bytes=4-7" } });
    assert.deepEqual([answer.status, await answer.text()], [206, "ftyp"]);
  }
  const other = await served.generate(apiKey);
  const [url] = addresses;
  const forged = [
    url.href.replace(video.id, other.id),
    url.href.replace("/content", "/events"),
    url.href.replace(/signature=[\w-]+/, `signature=${"A".repeat(43)}`),
    url.href.replace(/expires=\d+/, "expires=99999999999"),
    `${url.href}&index=1`,
    `${url.href}&variant=video`,
  ];
  for (const address of forged) {
    const { status } = await fetch(address);
    assert.equal(status, 401, address);
  }
});

test("a video that is not ready is an error", async (t) => {
  const slow = await gateway(t, { jobDurationMs: 600_000 });
  const as = await slow.createKey();
  const { body } = await slow.call("/v1/videos", { apiKey: as, json: { prompt: "A slow boat" } });
  const { status, body: told } = await slow.call(`/v1/videos/${body.id}/content`, { apiKey: as });
  assert.deepEqual([status, told.error.code], [409, "not_ready"]);
  const early = await slow.call(`/v1/videos/${body.id}`, { apiKey: as, method: "DELETE" });
  assert.deepEqual([early.status, early.body.error.code], [409, "job_not_finished"]);
  const remix = { prompt: "A faster boat" };
  const refused = await slow.call(`/v1/videos/${body.id}/remix`, { apiKey: as, json: remix });
  assert.deepEqual([refused.status, refused.body.error.code], [409, "not_ready"]);
});

test("a file that could not be archived comes from the provider, by range, too", async (t) => {
  const torn = await gateway(t);
  const as = await torn.createKey();
  const rule = { operation: "download", times: 10_000, fault: { kind: "error", status: 404 } };
  await torn.control("faults", [rule]);
  const order = { prompt: "A boat elsewhere", filmgate: { provider: "runware" } };
  const { body } = await torn.call("/v1/videos", { apiKey: as, json: order });
  const ended = await torn.ended(body.id, as);
  assert.equal(ended.status, "completed");
  assert.equal(ended.filmgate.archived, false);
  const path = `/v1/videos/${body.id}/content`;
  const down = await torn.call(path, { apiKey: as });
  assert.deepEqual([down.status, down.body.error.code], [503, "service_unavailable"]);
  assert.ok(Number(down.headers.get("retry-after")) > 0);
  const late = { operation: "download", fault: { kind: "latency", ms: 60_000 } };
  await torn.control("faults", [late]);
  assert.equal((await torn.call(path, { apiKey: as })).status, 503, "a provider that says nothing");
  await torn.control("faults", []);
  const answer = await torn.call(path, { apiKey: as, headers: { range: "bytes=4-7" } });
  assert.deepEqual([answer.status, answer.body], [206, "ftyp"]);
  assert.match(answer.headers.get("content-range"), /^bytes 4-7\/\d+$/);
  assert.equal(answer.headers.get("content-type"), "video/mp4");
});
