// A revoked API key stays revoked in every race.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openObjects } from "./account/objects.mjs";
import { ALONE, gateway, waitFor } from "./api.mjs";

const served = await gateway({ after });
const admin = { apiKey: served.adminToken };

test("changed and revoked concurrently: revoked in the list and in the account", async () => {
  for (let round = 0; round < 15; round++) {
    const { id, apiKey } = await served.createKey({}).then(async (text) => {
      const { body } = await served.call("/admin/api/keys", admin);
      return { id: body.data[0].id, apiKey: text };
    });
    const path = `/admin/api/keys/${id}`;
    const change = { ...admin, method: "PATCH", json: { name: `round ${round}` } };
    await Promise.all([
      served.call(path, change),
      served.call(path, { ...admin, method: "DELETE" }),
      served.call(path, change),
      served.call(path, change),
    ]);
    const { body } = await served.call("/admin/api/keys", admin);
    const listed = body.data.find((one) => one.id === id);
    assert.equal(typeof listed.revokedAt, "number", `round ${round}: the list calls it good`);
    const { status } = await served.call("/v1/videos", { apiKey, json: { prompt: "A boat" } });
    assert.equal(status, 401);
  }
});

test("changed concurrently: every change applies, in the list and in the account", async (t) => {
  const objects = await openObjects(t);
  const { url, adminToken } = objects.gateway;
  const changes = [{ dailyBudgetUsd: 5 }, { monthlyBudgetUsd: 50 }, { maxConcurrentJobs: 3 }, { models: ["sora-2"] }, { name: "crew" }];
  for (let round = 0; round < 5; round++) {
    const { accountId: id } = await objects.gateway.createKey({ dailyBudgetUsd: 100 });
    const change = async (body) => {
      const headers = { ...ALONE, authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
      const init = { method: "PATCH", headers, body: JSON.stringify(body) };
      assert.equal((await fetch(`${url}/admin/api/accounts/${id}`, init)).status, 200);
    };
    await Promise.all(changes.map(change));
    const listed = await objects.call("REGISTRY", "registry", "findAccount", id);
    const counts = await objects.call("ACCOUNTS", id, "info");
    for (const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, name } of [counts, listed]) {
      const found = [dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, name];
      assert.deepEqual(found, [5_000_000, 50_000_000, 3, ["sora-2"], "crew"], `round ${round}`);
    }
  }
});

test("a change that reaches the list after the revocation does not undo it", async (t) => {
  const objects = await openObjects(t);
  const accountId = "acct_abababababab";
  const facts = { id: "key_abababababab", hash: "ab".repeat(32), accountId, scopes: [], name: "team", createdAt: 1 };
  const put = (more) => objects.call("REGISTRY", "registry", "putKey", { ...facts, ...more });
  await put();
  await put({ revokedAt: 5 });
  await put({ name: "crew" });
  const { data: [listed] } = await objects.call("REGISTRY", "registry", "listKeys", { limit: 1 });
  assert.deepEqual([listed.name, listed.revokedAt], ["crew", 5]);
});

test("a revoked API key's running job continues, is archived and charged", async () => {
  const apiKey = await served.createKey({ dailyBudgetUsd: 10 });
  const { body } = await served.call("/admin/api/keys", admin);
  const { id, accountId } = body.data[0];
  const order = { prompt: "A last boat", filmgate: { provider: "runware" } };
  await served.call("/v1/videos", { apiKey, json: order });
  await served.call(`/admin/api/keys/${id}`, { ...admin, method: "DELETE" });
  const video = await waitFor(async () => {
    const { body: list } = await served.call(`/admin/api/accounts/${accountId}/videos`, admin);
    return list.data[0]?.status === "completed" && list.data[0];
  });
  assert.equal(video.filmgate.archived, true);
  const spent = await waitFor(async () => {
    const { body: report } = await served.call("/admin/api/usage", admin);
    const [day] = report.data.find((one) => one.id === accountId).days;
    return day.reservedUsd === 0 && day.spentUsd;
  });
  assert.equal(spent, video.filmgate.outcome.costUsd);
});
