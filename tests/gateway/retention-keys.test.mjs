// How long a job's files are kept is decided by the shortest of the gateway's, the account's and the key's retention, also if
// the key's came later.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { age, jobIdOf, openStorage } from "./storage/gateway.mjs";

const DAY = 24 * 60 * 60;
const DAY_MS = DAY * 1000;
const served = await openStorage({ after }, { vars: { RETENTION_DAYS: "20" } });
const { admin, call, inside } = served;

/** A key of a new account: `{ apiKey, id, accountId }`. */
async function open({ account = {}, key = {} } = {}) {
  const { body } = await admin("accounts", { json: { name: "team", ...account } });
  return keyOf(body.id, key);
}

async function keyOf(accountId, key) {
  const { body } = await admin(`accounts/${accountId}/keys`, { json: { name: "key", ...key } });
  return { apiKey: body.key, id: body.id, accountId };
}

const change = async (path, retentionDays) =>
  assert.equal((await admin(path, { method: "PATCH", json: { retentionDays } })).status, 200);
const keptDays = ({ expires_at: until, completed_at: at }) => Math.round((until - at) / DAY);
const status = async (apiKey, id) => (await call(`/v1/videos/${id}/content`, { apiKey })).status;
const isGone = (apiKey, id) => waitFor(async () => (await status(apiKey, id)) === 410);
test("the shortest of the three decides, also in a batch", async () => {
  for (const [account, key, days] of [
    [undefined, undefined, 20],
    [10, 5, 5],
    [5, 10, 5],
    [undefined, 30, 20],
    [undefined, 5, 5],
  ]) {
    const { apiKey } = await open({ account: { retentionDays: account }, key: { retentionDays: key } });
    assert.equal(keptDays(await served.generate(apiKey)), days, `${account}, ${key}`);
  }
  const { apiKey } = await open({ key: { retentionDays: 5 } });
  const json = { requests: [{ prompt: "A paper boat" }], budgetUsd: 5 };
  const { body } = await call("/v1/video-batches", { apiKey, json, headers: { "idempotency-key": "batch" } });
  const item = await waitFor(async () => (await call(`/v1/video-batches/${body.id}`, { apiKey })).body.items?.[0].video_id);
  assert.equal(keptDays(await served.ended(item, apiKey)), 5);
});

test("a key's retention that comes later deletes its ended videos, and no other key's", async () => {
  const one = await open();
  const other = await keyOf(one.accountId, {});
  const videos = [];
  for (const { apiKey } of [one, other]) {
    const { id } = await served.generate(apiKey);
    await age(served, apiKey, id, 8 * DAY_MS);
    videos.push(id);
  }
  await change(`keys/${one.id}`, 7);
  await inside("scheduled");
  await isGone(one.apiKey, videos[0]);
  assert.equal(await status(other.apiKey, videos[1]), 200);
});

test("a longer one, or none, keeps the videos of before", async () => {
  for (const [retentionDays, days] of [[15, 15], [null, 20]]) {
    const { apiKey, id: keyId } = await open({ key: { retentionDays: 7 } });
    const { id, expires_at: before } = await served.generate(apiKey);
    await change(`keys/${keyId}`, retentionDays);
    await age(served, apiKey, id, 8 * DAY_MS);
    await waitFor(async () => {
      assert.equal(await status(apiKey, id), 200);
      const { expires_at: until } = (await call(`/v1/videos/${id}`, { apiKey })).body;
      return Math.abs(until - before - (days - 7 - 8) * DAY) < 60;
    });
  }
});

test("a rotated key's videos follow the key that replaced it, also once that is revoked", async () => {
  const { apiKey, id: keyId } = await open();
  const { id } = await served.generate(apiKey);
  await age(served, apiKey, id, 8 * DAY_MS);
  const { body: next } = await admin(`keys/${keyId}/rotate`, { json: {} });
  await admin(`keys/${next.id}`, { method: "DELETE" });
  await change(`keys/${next.id}`, 7);
  await inside("scheduled");
  await isGone(apiKey, id);
});

test("the videos of a minted key that is forgotten keep what they were told last, and follow their account", async () => {
  const app = await open({ account: { retentionDays: 10 }, key: { scopes: ["mint"], retentionDays: 7 } });
  const { body: minted } = await call("/v1/keys", { apiKey: app.apiKey, json: {} });
  const { apiKey: reader } = await keyOf(app.accountId, {});
  const ids = [];
  for (let count = 0; count < 2; count += 1) ids.push((await served.generate(minted.key)).id);
  await inside(`ACCOUNTS/${app.accountId}/sql`, "DELETE FROM keys WHERE id = ?", minted.id);
  const read = async (id) => (await call(`/v1/videos/${id}`, { apiKey: reader })).body;
  assert.equal(keptDays(await read(ids[0])), 7);
  await age(served, reader, ids[0], 8 * DAY_MS);
  await inside(`JOBS/${jobIdOf(ids[0])}/read`, { account: app.accountId });
  await isGone(reader, ids[0]);
  await change(`accounts/${app.accountId}`, 3);
  await age(served, reader, ids[1], 4 * DAY_MS);
  await inside("scheduled");
  await isGone(reader, ids[1]);
});
