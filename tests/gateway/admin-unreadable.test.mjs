// An account that cannot be read, as one that a newer gateway has stored: the admin sees all others, and which one is missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSection } from "./admin-page/scene.mjs";
import { waitFor } from "./api.mjs";
import { linesOf } from "./keys.mjs";
import { openStorage } from "./storage/gateway.mjs";

const DAYS = "days=1";

/** A gateway with two accounts, each with a video and a pending charge of $0.50. */
async function withTwo(t) {
  const served = await openStorage(t);
  const { admin, call, ended } = served;
  const accounts = [];
  for (const name of ["good", "bad"]) {
    const { key, id: keyId, accountId } = (await admin("keys", { json: { name, dailyBudgetUsd: 10 } })).body;
    const filmgate = { provider: "runware", resolution: "720p" };
    const json = { model: "wan-2.6", prompt: "[fail] A fox", seconds: "5", filmgate };
    const { body } = await call("/v1/videos", { apiKey: key, json });
    accounts.push({ key, keyId, id: accountId, video: await ended(body.id, key) });
  }
  const pendingOf = (open) => open.filter(({ state }) => state === "pending").map(({ accountId }) => accountId);
  await waitFor(async () => pendingOf((await admin("usage")).body.open).length === 2);
  const get = async (path) => {
    const { status, body } = await admin(path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  };
  const [good, bad] = accounts;
  return { ...served, get, good, bad, pendingOf };
}

/** The events of jobs that changed in the last minute, until one of that account arrives. */
async function eventsOf({ url, adminToken }, accountId) {
  const headers = { authorization: `Bearer ${adminToken}`, "last-event-id": String(Date.now() - 60_000) };
  const { body } = await fetch(`${url}/admin/api/events`, { headers });
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(accountId)) return text;
  }
  assert.fail(`the stream ended: ${text}`);
}

test("an account that cannot be read hides no other", async (t) => {
  const served = await withTwo(t);
  const { get, admin, inside, good, bad, pendingOf } = served;
  for (const object of ["ACCOUNTS", "JOB_INDEX"]) {
    await inside(`${object}/${bad.id}/setVersion`, 99);
    await inside(`${object}/${bad.id}/evict`);
  }
  const overview = await get(`overview?${DAYS}`);
  assert.deepEqual(overview.unreadable, [bad.id]);
  assert.deepEqual([overview.days[0].jobs, overview.days[0].reservedUsd], [1, 0.5]);
  const [first] = overview.attention;
  assert.deepEqual([first.kind, first.count], ["unreadable", 1]);
  assert.match(first.message, new RegExp(bad.id));

  const usage = await get("usage");
  assert.deepEqual([usage.unreadable, pendingOf(usage.open)], [[bad.id], [good.id]]);
  assert.deepEqual(usage.data.map(({ name, days }) => [name, days.length]), [["bad", 0], ["good", 1]]);
  const rows = (await get("usage.csv")).trimEnd().split("\r\n").slice(1);
  assert.deepEqual(rows.map((row) => row.split(",")[1]), [good.id, bad.id]);
  assert.equal(rows[1], `unreadable,${bad.id},,,,,,,`);

  const videos = await get("videos");
  assert.deepEqual([videos.unreadable, videos.data.map(({ id }) => id)], [[bad.id], [good.video.id]]);
  assert.deepEqual((await get(`videos?after=${good.video.id}`)).data, []);
  await eventsOf(served, good.id);
  const page = await openSection(t, served, "charges");
  await page.getByText(`Not complete. This cannot be read: ${bad.id}.`).waitFor();
  await page.locator("#charges").getByText("1 job").first().waitFor();

  const filter = {};
  const { body } = await admin("reconcile", { json: { decision: "not_charged", filter } });
  assert.deepEqual([body.reconciled, body.usd, body.unreadable], [1, 0.5, [bad.id]]);
  const told = linesOf(served, "error").filter(({ step }) => step === "account");
  assert.deepEqual(told.map(({ account }) => account), [bad.id], "once");
});

test("a damaged entry of the registry hides no other, and a change of it mends it", async (t) => {
  const { get, admin, inside, good, bad } = await withTwo(t);
  for (const [table, id] of [["accounts", bad.id], ["keys", bad.keyId]]) {
    await inside("REGISTRY/registry/sql", `UPDATE ${table} SET info = '{broken' WHERE id = ?`, id);
  }
  const listed = async (path) => (await get(path)).data.map(({ id, name, isUnreadable }) => [id, name, isUnreadable]);
  assert.deepEqual(await listed("accounts"), [[bad.id, "bad", true], [good.id, "good", undefined]]);
  assert.deepEqual(await listed("keys"), [[bad.keyId, "bad", true], [good.keyId, "good", undefined]]);
  const overview = await get(`overview?${DAYS}`);
  assert.deepEqual([overview.unreadable, overview.days[0].jobs], [[bad.id], 2], "what it spent is known");
  assert.equal((await get("videos")).data.length, 2);

  const change = async (path, json) => assert.equal((await admin(path, { method: "PATCH", json })).status, 200, path);
  await change(`accounts/${bad.id}`, { name: "mended" });
  await change(`keys/${bad.keyId}`, { name: "mended" });
  assert.deepEqual((await listed("accounts"))[0], [bad.id, "mended", undefined]);
  assert.deepEqual((await listed("keys"))[0], [bad.keyId, "mended", undefined]);
  assert.equal((await get(`accounts/${bad.id}`)).dailyBudgetUsd, 10);
  assert.equal((await get(`overview?${DAYS}`)).unreadable, undefined);
});
