// Two operators at the admin page: what one saves undoes nothing that the other has changed meanwhile.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openGateway, openSection } from "./admin-page/scene.mjs";

const { gateway, ask } = await openGateway({ after });
const admin = (method, path, body) => ask(method, `/admin/api${path}`, gateway.adminToken, body);

/** Opens the form that changes something, and returns `save(name)`: renames it there and closes the form. */
async function openChange(page, label) {
  await page.getByRole("button", { name: `Change the ${label}` }).click();
  const dialog = page.getByRole("dialog");
  return async (name) => {
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
  };
}

test("a rename undoes nobody's limit", async (t) => {
  const webhook = { url: "https://team.example/hooks" };
  const { id, accountId } = await admin("POST", "/keys", { name: "team", dailyBudgetUsd: 500, monthlyBudgetUsd: 5000, webhook });
  const page = await openSection(t, gateway, "keys");
  const saveAccount = await openChange(page, "account team");
  const limits = { dailyBudgetUsd: 1, maxConcurrentJobs: 1, retentionDays: 7, models: ["wan-2.6"] };
  await admin("PATCH", `/accounts/${accountId}`, { ...limits, monthlyBudgetUsd: null, webhook: null });
  await saveAccount("the trailer team");
  const { http, createdAt, ...account } = await admin("GET", `/accounts/${accountId}`);
  assert.deepEqual([http, account], [200, { id: accountId, name: "the trailer team", ...limits }]);

  const saveKey = await openChange(page, "key team");
  const narrowed = { scopes: ["read"], maxSpendUsd: 0.5, expiresAt: Date.now() + 3_600_000, retentionDays: 3, models: ["wan-2.6"] };
  await admin("PATCH", `/keys/${id}`, narrowed);
  await saveKey("the trailer key");
  const [key] = (await admin("GET", `/accounts/${accountId}/keys`)).data;
  assert.partialDeepStrictEqual(key, { id, name: "the trailer key", ...narrowed });
});
