// Who sees a batch, and who may do what with it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openBatches, requests } from "./batches/gateway.mjs";

const served = await openBatches({ after });
const { call, create, post } = served;
const body = (prompt) => ({ requests: requests(prompt), budgetUsd: 1 });
const list = async (apiKey, query = "") => (await call(`/v1/video-batches${query}`, { apiKey })).body;
const ids = ({ data }) => data.map(({ id }) => id);

test("another account's batch is 404 in every way, and its idempotency keys are its own", async () => {
  const [mine, theirs] = [await served.createKey(), await served.createKey()];
  const { id } = await create(mine, body("Mine"), { key: "same" });
  for (const method of ["GET", "DELETE"]) {
    const { status, body: refused } = await call(`/v1/video-batches/${id}`, { apiKey: theirs, method });
    assert.deepEqual([status, refused.error.code], [404, "not_found"], method);
  }
  assert.notEqual((await create(theirs, body("Mine"), { key: "same" })).id, id);
  assert.deepEqual(ids(await list(mine)), [id]);
  const unknown = [`batch_${"0".repeat(64)}`, "batch_1", id.replace("batch_", "video_"), "none"];
  for (const other of unknown) assert.equal((await call(`/v1/video-batches/${other}`, { apiKey: mine })).status, 404, other);
  assert.equal((await call(`/v1/video-batches/${id}`)).status, 401);
});

test("a user's key sees the batches of its user alone; a key without a user sees all", async () => {
  const { apiKey: all, accountId } = await served.createAccount({});
  const keyOf = async (user) => (await served.admin(`accounts/${accountId}/keys`, { json: { name: user, user } })).body.key;
  const [ann, bob] = [await keyOf("ann"), await keyOf("bob")];
  const anns = await create(ann, body("Ann's"), { key: "same" });
  const bobs = await create(bob, body("Bob's"), { key: "same" });
  assert.notEqual(anns.id, bobs.id);
  assert.deepEqual([ids(await list(ann)), ids(await list(bob))], [[anns.id], [bobs.id]]);
  assert.equal((await call(`/v1/video-batches/${anns.id}`, { apiKey: bob })).status, 404);
  assert.deepEqual(ids(await list(all)).sort(), [anns.id, bobs.id].sort());
  assert.equal((await call(`/v1/video-batches?after=${anns.id}`, { apiKey: bob })).status, 400);
});

test("to create and to cancel needs the scope create, to look the scope read", async () => {
  const { apiKey, accountId } = await served.createAccount({});
  const scoped = async (...scopes) => (await served.admin(`accounts/${accountId}/keys`, { json: { name: "scoped", scopes } })).body.key;
  const [reader, creator] = [await scoped("read"), await scoped("create")];
  assert.equal((await post(reader, body("A fox"))).body.error.code, "insufficient_scope");
  const { id } = await create(creator, body("A fox"));
  const status = async (key, method, path = `/${id}`) => (await call(`/v1/video-batches${path}`, { apiKey: key, method })).status;
  assert.deepEqual([await status(reader, "GET"), await status(reader, "GET", ""), await status(reader, "DELETE")], [200, 200, 403]);
  assert.deepEqual([await status(creator, "GET"), await status(creator, "GET", ""), await status(creator, "DELETE")], [403, 403, 200]);
  assert.equal(await status(apiKey, "PUT"), 405);
});

test("the list has pages, newest first, without the items", async () => {
  const apiKey = await served.createKey();
  const made = [];
  for (const name of ["One", "Two", "Three"]) made.unshift((await create(apiKey, body(name))).id);
  const first = await list(apiKey, "?limit=2");
  assert.deepEqual([ids(first), first.has_more, "items" in first.data[0]], [made.slice(0, 2), true, false]);
  const second = await list(apiKey, `?limit=2&after=${first.last_id}`);
  assert.deepEqual([ids(second), second.has_more], [made.slice(2), false]);
  for (const query of ["?limit=0", "?limit=21", "?limit=x", "?after=x"]) {
    assert.equal((await call(`/v1/video-batches${query}`, { apiKey })).status, 400, query);
  }
});
