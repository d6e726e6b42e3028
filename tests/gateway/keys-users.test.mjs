// A key with a `user` sees only the videos of that user, and finds only its requests.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./job/jobs.mjs";
import { openKeys } from "./keys.mjs";

const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
after(simulator.stop);
const { ask, admin } = await openKeys({ after }, { simulator });
const ORDER = { model: "wan-2.6", prompt: "A fox", seconds: "5", size: "1280x720" };

const app = await admin("POST", "/keys", { name: "the app", scopes: ["mint"] });
const owner = await admin("POST", `/accounts/${app.accountId}/keys`, { name: "the team" });
const keyOf = async (user) => (await ask(app.key, "POST", "/v1/keys", { user })).key;
const create = (key, headers) => ask(key, "POST", "/v1/videos", ORDER, headers);
const idsOf = async (key, query = "") => (await ask(key, "GET", `/v1/videos${query}`)).data.map(({ id }) => id);

test("another user's video cannot be read, listed, fetched, cancelled, remixed or deleted", async () => {
  const [ann, bob, annAgain] = [await keyOf("ann"), await keyOf("bob"), await keyOf("ann")];
  const { id } = await create(ann);
  for (const [method, path, body] of [
    ["GET", ""],
    ["GET", "/content"],
    ["GET", "/events"],
    ["POST", "/cancel"],
    ["POST", "/remix", { prompt: "A bear" }],
    ["DELETE", ""],
  ]) {
    const { http, error } = await ask(bob, method, `/v1/videos/${id}${path}`, body);
    assert.deepEqual([http, error.code], [404, "not_found"], `${method} ${path}`);
  }
  assert.deepEqual(await idsOf(bob), []);
  assert.equal((await ask(bob, "GET", `/v1/videos?after=${id}`)).http, 400, "not even that it exists");
  assert.deepEqual(await idsOf(annAgain), [id], "another key of the same user");
  assert.equal((await ask(annAgain, "GET", `/v1/videos/${id}`)).http, 200);
  assert.ok((await idsOf(owner.key)).includes(id), "a key without a user sees all of the account");
  await waitFor(async () => (await ask(annAgain, "GET", `/v1/videos/${id}`)).status === "completed");
  assert.equal((await ask(annAgain, "DELETE", `/v1/videos/${id}`)).http, 200);
});

test("pages of a user's list have only that user's videos", async () => {
  const [cid, dan] = [await keyOf("cid"), await keyOf("dan")];
  const made = [];
  for (let index = 0; index < 3; index++) {
    made.unshift((await create(cid)).id);
    await create(dan);
  }
  const first = await ask(cid, "GET", "/v1/videos?limit=2");
  assert.deepEqual([first.data.map(({ id }) => id), first.has_more], [made.slice(0, 2), true]);
  assert.deepEqual(await idsOf(cid, `?limit=2&after=${first.last_id}`), made.slice(2));
});

test("an idempotency key, and a retry without one, never finds another user's job", async () => {
  const [eve, fay, eveAgain] = [await keyOf("eve"), await keyOf("fay"), await keyOf("eve")];
  const same = { "idempotency-key": "same" };
  const [hers, others] = [await create(eve, same), await create(fay, same)];
  assert.deepEqual([hers.http, others.http], [200, 200]);
  assert.notEqual(hers.id, others.id);
  assert.equal((await create(eveAgain, same)).id, hers.id);
  const first = await create(eve);
  const retry = await create(fay, { "x-stainless-retry-count": "1" });
  assert.equal(retry.http, 200);
  assert.notEqual(retry.id, first.id);
  assert.equal((await create(eveAgain, { "x-stainless-retry-count": "1" })).id, first.id);
});
