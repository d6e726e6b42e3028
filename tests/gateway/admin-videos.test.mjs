// The videos of all accounts: an admin lists, reads, cancels and deletes them, also those of a revoked key.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, waitFor } from "./api.mjs";

const served = await gateway({ after });
const { admin, call, createKey } = served;
const REQUEST = { model: "wan-2.6", seconds: "5", size: "1280x720" };
const ids = (body) => body.data.map(({ id }) => id);
const create = async (apiKey, prompt, more) => {
  const { body } = await call("/v1/videos", { apiKey, json: { ...REQUEST, prompt, ...more } });
  assert.ok(body.id, JSON.stringify(body));
  return body.id;
};

const keys = [await createKey({ name: "ann" }), await createKey({ name: "bob" })];
const videos = [];
for (const count of [0, 1, 2, 3, 4]) videos.unshift(await create(keys[count % 2], `boat number ${count}`));
for (const [at, id] of videos.entries()) await served.ended(id, keys[at % 2]);

test("all accounts in one list, newest first, in pages", async () => {
  assert.deepEqual(ids((await admin("videos")).body), videos);
  assert.deepEqual(ids((await admin("videos?order=asc")).body), videos.toReversed());
  const seen = [];
  for (let after = ""; ; ) {
    const { body } = await admin(`videos?limit=2${after}`);
    seen.push(...ids(body));
    if (!body.has_more) break;
    after = `&after=${body.last_id}`;
  }
  assert.deepEqual(seen, videos);
  const { status, body } = await admin(`videos?after=video_${"0".repeat(64)}`);
  assert.deepEqual([status, body.error.param], [400, "after"]);
});

test("a status that no video has is refused, where it would look like an empty list", async () => {
  const { status, body } = await admin("videos?status=done");
  assert.deepEqual([status, body.error.param], [400, "status"]);
});

test("each with its account, key and cost; filters narrow the list", async () => {
  const { body } = await waitFor(async () => {
    const list = await admin("videos");
    return list.body.data.every(({ status, billing }) => status === "completed" && billing) && list;
  });
  const [{ accountId, keyId, billing }, other] = body.data;
  assert.match(accountId, /^(acct|key)_[0-9a-f]{12}$/);
  assert.match(keyId, /^key_[0-9a-f]{12}$/);
  assert.equal(billing.kind, "charged");
  assert.notEqual(other.accountId, accountId);
  const found = async (query) => ids((await admin(`videos?${query}`)).body);
  const every = (at) => videos.filter((_, index) => index % 2 === at);
  assert.deepEqual(await found(`account=${accountId}`), every(0));
  assert.deepEqual(await found(`key=${other.keyId}`), every(1));
  assert.deepEqual(await found("search=NUMBER 3"), [videos[1]]);
  assert.deepEqual(await found(`search=${videos[2]}`), [videos[2]]);
  assert.deepEqual(await found("status=failed"), []);
  assert.deepEqual(await found("model=wan-2.6&status=completed&limit=1"), [videos[0]]);
  assert.deepEqual(await found("account=acct_000000000000"), []);
  const one = (await admin(`videos/${videos[0]}`)).body;
  assert.deepEqual([one.id, one.accountId, one.keyId, one.billing], [videos[0], accountId, keyId, billing]);
});

test("a revoked key's videos are still read, cancelled and deleted by an admin, by nobody else", async () => {
  const { key: apiKey, id: keyId } = (await admin("keys", { json: { name: "revoked" } })).body;
  await served.control("config", { jobDurationMs: 600_000 });
  const running = await create(apiKey, "a boat of the revoked", { filmgate: { provider: "runpod" } });
  await waitFor(async () => (await admin(`videos/${running}`)).body.filmgate.handle.jobId);
  await served.control("config", { jobDurationMs: 200 });
  const ended = await create(apiKey, "another boat of the revoked");
  await served.ended(ended, apiKey);
  await admin(`keys/${keyId}`, { method: "DELETE" });
  const cancelled = await admin(`videos/${running}/cancel`, { method: "POST" });
  assert.deepEqual([cancelled.status, cancelled.body.filmgate.cancellation.result], [200, "cancelled"]);
  const content = await admin(`videos/${ended}/content`);
  assert.deepEqual([content.status, content.body.slice(4, 8)], [200, "ftyp"]);
  const theirs = await call(`/admin/api/videos/${ended}`, { apiKey: keys[0], method: "DELETE" });
  assert.equal(theirs.status, 403);
  const deleted = await admin(`videos/${ended}`, { method: "DELETE" });
  assert.deepEqual(deleted.body, { id: ended, object: "video.deleted", deleted: true });
  for (const path of [`videos/${ended}`, `videos/${ended}/content`, "videos/video_1"]) {
    assert.equal((await admin(path)).status, 404, path);
  }
});
