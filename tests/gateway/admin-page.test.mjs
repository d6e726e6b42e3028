// The admin page, as an admin uses it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { REQUEST, openAdmin, openGateway, rowOf, signIn } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

test("signs in with the admin token only, and clears it with the tab", async (t) => {
  const { gateway } = await openGateway(t);
  const page = await openAdmin(t, gateway);
  await signIn(page, "x".repeat(40));
  await page.getByRole("alert").getByText("This needs the admin token").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await signIn(page, gateway.adminToken);
  await page.getByText("No API keys yet.").waitFor();
  assert.equal(await page.getByRole("alert").isVisible(), false);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.ok(!page.url().includes(gateway.adminToken));
  await page.reload();
  await page.getByText("No API keys yet.").waitFor();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("creates an API key, changes its limits, and revokes it", async (t) => {
  const { gateway, ask } = await openGateway(t);
  const page = await openAdmin(t, gateway);
  await signIn(page, gateway.adminToken);
  const fill = (label, text) => page.getByRole("dialog").getByLabel(label, { exact: true }).fill(text);

  await page.getByRole("button", { name: "New API key" }).click();
  await fill("Name", "the trailer team");
  await fill("Daily budget in US dollars", "12,5");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("dialog").getByRole("alert").getByText("dailyBudgetUsd must be").waitFor();
  await fill("Daily budget in US dollars", "12.500001");
  await fill("Concurrent jobs", "3");
  await fill("Models, separated by commas", "sora-2, wan-2.6");
  await fill("Webhook URL", "https://team.example/hooks");
  await page.getByRole("button", { name: "Create" }).click();
  const shown = page.getByRole("dialog", { name: "Copy this now" });
  await shown.waitFor();
  const [apiKey, secret] = await shown.locator("code").allTextContents();
  assert.match(apiKey, /^fgw_[\w-]{43}$/);
  assert.match(secret, /^whsec_/);
  await shown.getByRole("button", { name: "Done" }).click();
  // A dialog that is closed leaves the document a moment later.
  await waitFor(async () => !(await page.content()).includes(apiKey));
  assert.equal((await ask("GET", "/v1/videos", apiKey)).http, 200);

  const row = rowOf(page, "keys", "the trailer team");
  await row.getByText("$0.00 of $12.500001").waitFor();
  await row.getByText("sora-2, wan-2.6").waitFor();
  await row.getByText("https://team.example/hooks").waitFor();
  await row.getByRole("button", { name: /^Change/ }).click();
  await fill("Daily budget in US dollars", "");
  await fill("Monthly budget in US dollars", "99");
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("$0.00 of $99.00").waitFor();
  const { data } = await ask("GET", "/admin/api/keys", gateway.adminToken);
  const { dailyBudgetUsd, monthlyBudgetUsd, maxConcurrentJobs, webhook } = data[0];
  assert.deepEqual([dailyBudgetUsd, monthlyBudgetUsd, maxConcurrentJobs], [undefined, 99, 3]);
  assert.deepEqual(webhook, { url: "https://team.example/hooks" }, "with the secret that it has");

  await row.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked").waitFor();
  const refused = await ask("POST", "/v1/videos", apiKey, REQUEST);
  assert.equal(refused.http, 401);
});

test("a limit with a typo is refused, and the key keeps the one that it has", async (t) => {
  const { gateway, ask } = await openGateway(t);
  await gateway.createKey({ name: "editors", maxConcurrentJobs: 3 });
  const page = await openAdmin(t, gateway);
  await signIn(page, gateway.adminToken);
  const row = rowOf(page, "keys", "editors");
  await row.getByRole("button", { name: /^Change/ }).click();
  const dialog = page.getByRole("dialog");
  const jobs = dialog.getByLabel("Concurrent jobs", { exact: true });
  const models = dialog.getByLabel("Models, separated by commas");
  const limitsNow = async () => {
    const { data } = await ask("GET", "/admin/api/keys", gateway.adminToken);
    return data.map(({ maxConcurrentJobs, models }) => [maxConcurrentJobs, models]);
  };
  await jobs.fill("5 jobs");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("maxConcurrentJobs must be a number").waitFor();
  await jobs.fill("4");
  await models.fill("wan-2.6, nosuch");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("nosuch").waitFor();
  assert.deepEqual(await limitsNow(), [[3, undefined]]);
  await jobs.fill("");
  await models.fill("wan-2.6");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await limitsNow(), [[undefined, ["wan-2.6"]]]);
});

test("shows spending, and reconciles an unknown submit", async (t) => {
  const { gateway, ask, order, settled, orderUnknown } = await openGateway(t);
  const made = await gateway.createKey({ name: "editors", dailyBudgetUsd: 50 });
  const video = await settled(await order(made.apiKey, "A fox in the snow"), made.apiKey);
  await settled(await order(made.apiKey, "[fail] A storm"), made.apiKey);
  const { filmgate } = video;
  const spent = `$${(filmgate.billing.microUsd / 1e6).toFixed(2)}`;
  const held = await orderUnknown(made.apiKey, "A lost letter");

  const page = await openAdmin(t, gateway);
  await signIn(page, gateway.adminToken);
  const today = new Date(video.created_at * 1000).toISOString().slice(0, 10);
  await rowOf(page, "spending", today).getByText(spent, { exact: true }).first().waitFor();
  await rowOf(page, "keys", "editors").getByText(`${spent} of $50.00`).waitFor();

  await rowOf(page, "keys", "editors").getByRole("button", { name: "Jobs" }).click();
  await rowOf(page, "jobs", "A fox in the snow").getByText(spent).waitFor();
  await rowOf(page, "jobs", "[fail] A storm").getByText("nothing").waitFor();
  await rowOf(page, "jobs", "A lost letter").getByText("unknown").waitFor();

  const row = rowOf(page, "attention", held.id.slice(-6));
  await row.getByText("the outcome of the submit is unknown").waitFor();
  await row.getByRole("button", { name: /^Reconcile/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Cost in US dollars").fill("-1");
  await dialog.getByRole("button", { name: "Record this cost" }).click();
  await dialog.getByRole("alert").getByText("costUsd must be").waitFor();
  await dialog.getByLabel("Cost in US dollars").fill("0.123456");
  await dialog.getByRole("button", { name: "Record this cost" }).click();
  await dialog.waitFor({ state: "detached" });
  const report = await waitFor(async () => {
    const { data, open } = await ask("GET", "/admin/api/usage", gateway.adminToken);
    return open.length === 0 && data[0];
  });
  const [day] = report.days;
  assert.equal(day.reservedUsd, 0);
  assert.equal(Math.round(day.spentUsd * 1e6), filmgate.billing.microUsd + 123_456);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("None.", { exact: true }).waitFor();
  const again = await ask("POST", `/admin/api/videos/${held.id}/reconcile`, gateway.adminToken, {
    costUsd: null,
    keyId: made.id,
  });
  assert.equal(again.http, 409, "what is spent stays so");
});
