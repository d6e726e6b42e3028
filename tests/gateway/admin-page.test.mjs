// The admin page: signing in, accounts and API keys, as an operator uses them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ALONE } from "./api.mjs";
import { cardOf, openAdmin, openGateway, openSection, REQUEST, rowOf, signIn } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask } = await openGateway({ after });

const accountOf = async (name) => {
  const { data } = await ask("GET", `/admin/api/accounts?search=${encodeURIComponent(name)}`, gateway.adminToken);
  return data[0];
};

/** The key that is shown once, which is gone with its dialog. */
async function takeSecrets(page, title) {
  const shown = page.getByRole("dialog", { name: title });
  await shown.waitFor();
  const secrets = await shown.locator("code").allTextContents();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal(await shown.isVisible(), true, "Escape does not close it");
  await shown.getByRole("button", { name: "I have copied it" }).click();
  // A dialog that is closed leaves the document a moment later.
  await waitFor(async () => !(await page.content()).includes(secrets[0]));
  return secrets;
}

test("signs in with the admin token only, and forgets it with the tab", async (t) => {
  const page = await openAdmin(t, gateway);
  await signIn(page, "x".repeat(40));
  await page.getByRole("alert").getByText("This is not the admin token of this gateway.").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await signIn(page, gateway.adminToken);
  await page.getByText("Nothing. All is well.").waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.ok(!page.url().includes(gateway.adminToken));
  await page.reload();
  await page.getByText("Nothing. All is well.").waitFor();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("an API key is created with its account, works, is rotated and revoked", async (t) => {
  const page = await openSection(t, gateway, "keys");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New API key" }).click();
  await dialog.getByLabel("Name").fill("the trailer team");
  await dialog.getByLabel("Spends at most, in all").fill("20");
  await dialog.getByLabel("Expires").selectOption("in 30 days");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const [apiKey] = await takeSecrets(page, "API key the trailer team");
  assert.match(apiKey, /^fgw_[0-9a-f]{12}[\w-]{49}$/);
  const video = await ask("POST", "/v1/videos", apiKey, REQUEST);
  assert.equal(video.http, 200, JSON.stringify(video));

  const row = rowOf(page, "keys", "the trailer team");
  await row.getByText("active for 30 days").waitFor();
  await row.getByText("$20.00").waitFor();
  await row.getByRole("button", { name: "Rotate" }).click();
  await dialog.getByLabel("The old key stops").selectOption("at once");
  await dialog.getByRole("button", { name: "Make the new key" }).click();
  const [rotated] = await takeSecrets(page, "New API key the trailer team");
  assert.notEqual(rotated, apiKey);
  assert.equal((await ask("GET", "/v1/videos", rotated)).http, 200);
  await waitFor(async () => (await ask("GET", "/v1/videos", apiKey)).http === 401);

  await row.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByRole("button", { name: "Revoke the key" }).click();
  await cardOf(page, "keys", "the trailer team").getByText("No such keys.").waitFor();
  await page.getByRole("combobox", { name: "Keys" }).selectOption("revoked");
  await row.getByText("revoked", { exact: true }).waitFor();
  assert.equal((await ask("POST", "/v1/videos", rotated, REQUEST)).http, 401);
});

test("an account has limits as dollars and models from a list, and its webhook's secret is shown once", async (t) => {
  const page = await openSection(t, gateway, "keys");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New account" }).click();
  await dialog.getByLabel("Name").fill("editors");
  await dialog.getByLabel("Budget per day").fill("12,5");
  await dialog.getByRole("button", { name: "Create account" }).click();
  await dialog.getByRole("alert").getByText("dailyBudgetUsd must be").waitFor();
  await dialog.getByLabel("Budget per day").fill("12.500001");
  await dialog.getByLabel("Jobs at once").fill("3");
  await dialog.getByLabel("Days that videos are kept").fill("30");
  await dialog.getByLabel("Only these").check();
  await dialog.getByRole("checkbox", { name: "wan-2.6", exact: false }).first().check();
  await dialog.getByLabel("Ids of the providers' own").fill("runware:dreams:9@1");
  await dialog.getByLabel("Webhook URL").fill("https://team.example/hooks");
  await dialog.getByRole("button", { name: "Create account" }).click();
  const [secret] = await takeSecrets(page, "Account editors");
  assert.match(secret, /^whsec_/);

  const card = cardOf(page, "keys", "editors");
  for (const words of ["$12.500001", "3 jobs", "30 days", "https://team.example/hooks"]) {
    await card.getByText(words).waitFor();
  }
  assert.deepEqual((await accountOf("editors")).models.at(-1), "runware:dreams:9@1");

  await card.getByRole("button", { name: "Change the account editors" }).click();
  await dialog.getByLabel("Budget per day").fill("");
  await dialog.getByLabel("Budget per month").fill("99");
  await dialog.getByLabel("All models of the catalog").check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const { dailyBudgetUsd, monthlyBudgetUsd, models, webhook } = await accountOf("editors");
  assert.deepEqual([dailyBudgetUsd, monthlyBudgetUsd, models], [undefined, 99, undefined]);
  assert.deepEqual(webhook, { url: "https://team.example/hooks" }, "with the secret that it has");
});

test("an API key keeps its videos for as many days as it says", async (t) => {
  const { id } = await ask("POST", "/admin/api/accounts", gateway.adminToken, { name: "archive" });
  const { id: keyId } = await ask("POST", `/admin/api/accounts/${id}/keys`, gateway.adminToken, { name: "brief" });
  const page = await openSection(t, gateway, "keys");
  const dialog = page.getByRole("dialog");
  const row = rowOf(page, "keys", "brief");
  const change = () => row.getByRole("button", { name: "Change" }).click();
  const keep = async (days) => {
    await dialog.getByLabel("Days that videos are kept").fill(days);
    await dialog.getByRole("button", { name: "Save" }).click();
  };
  const saved = async () => (await ask("GET", `/admin/api/accounts/${id}/keys`, gateway.adminToken)).data[0];
  await change();
  await keep("a week");
  await dialog.getByRole("alert").getByText("retentionDays must be").waitFor();
  await keep("7");
  await row.getByText("7 days").waitFor();
  assert.deepEqual([(await saved()).id, (await saved()).retentionDays], [keyId, 7]);
  await change();
  await keep("");
  await row.getByText("7 days").waitFor({ state: "detached" });
  assert.equal((await saved()).retentionDays, undefined);
});

test("a limit with a typo is refused, and the account keeps the one that it has", async (t) => {
  await ask("POST", "/admin/api/accounts", gateway.adminToken, { name: "careful", maxConcurrentJobs: 3 });
  const page = await openSection(t, gateway, "keys");
  await cardOf(page, "keys", "careful").getByRole("button", { name: "Change the account careful" }).click();
  const dialog = page.getByRole("dialog");
  const save = dialog.getByRole("button", { name: "Save" });
  for (const typo of ["5 jobs", "two", "1e3", "-1", "0", "2.5"]) {
    await dialog.getByLabel("Jobs at once").fill(typo);
    await save.click();
    await dialog.getByRole("alert").getByText("maxConcurrentJobs must be").waitFor();
    assert.equal((await accountOf("careful")).maxConcurrentJobs, 3, typo);
  }
  await dialog.getByLabel("Jobs at once").fill("4");
  await dialog.getByLabel("Days that videos are kept").fill("a week");
  await save.click();
  await dialog.getByRole("alert").getByText("retentionDays must be").waitFor();
  await dialog.getByLabel("Days that videos are kept").fill("");
  await dialog.getByLabel("Only these").check();
  await save.click();
  await dialog.getByRole("alert").getByText("models must contain a model").waitFor();
  await dialog.getByLabel("Ids of the providers' own").fill("nosuch");
  await save.click();
  await dialog.getByRole("alert").getByText("nosuch").waitFor();
  assert.equal((await accountOf("careful")).maxConcurrentJobs, 3);
  await dialog.getByLabel("Jobs at once").fill("");
  await dialog.getByLabel("All models of the catalog").check();
  await save.click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await accountOf("careful")).maxConcurrentJobs, undefined);
});

test("a search finds accounts by the names and ids of their keys", async (t) => {
  const { id } = await gateway.createKey({ name: "hidden depths" });
  const account = await accountOf("careful");
  await ask("POST", `/admin/api/accounts/${account.id}/keys`, gateway.adminToken, { name: "needle" });
  const page = await openSection(t, gateway, "keys");
  const search = page.locator("#keys").getByLabel("Search");
  await search.fill("needle");
  await cardOf(page, "keys", "careful").getByText("needle").waitFor();
  await cardOf(page, "keys", "hidden depths").waitFor({ state: "detached" });
  await search.fill(id);
  await cardOf(page, "keys", "hidden depths").waitFor();
  await search.fill("nothing is called so");
  await page.getByText("Nothing matches.").waitFor();
});

test("a closed account's keys stop, and it says so", async (t) => {
  const { apiKey } = await gateway.createKey({ name: "leaver" });
  const page = await openSection(t, gateway, "keys");
  await cardOf(page, "keys", "leaver").getByRole("button", { name: "Close the account leaver" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close the account" }).click();
  await cardOf(page, "keys", "leaver").getByText("closed").waitFor();
  await waitFor(async () => (await ask("GET", "/v1/videos", apiKey)).http === 401);
});

test("the signing secrets are rotated: the URLs of before stop at once, if that is chosen", async (t) => {
  const { apiKey } = await gateway.createKey({ name: "signs" });
  const { id } = await ask("POST", "/v1/videos", apiKey, REQUEST);
  const read = () => ask("GET", `/v1/videos/${id}`, apiKey);
  const video = await waitFor(async () => {
    const latest = await read();
    return latest.status === "completed" && latest;
  });
  const { url } = video.filmgate.outcome.videos[0];
  assert.equal((await fetch(url, { method: "HEAD", headers: ALONE })).status, 200);
  const page = await openSection(t, gateway, "keys");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Rotate the secrets…" }).click();
  assert.equal(await dialog.getByLabel("The old secrets stop").inputValue(), "48");
  await dialog.getByLabel("The old secrets stop").selectOption("at once");
  await dialog.getByRole("button", { name: "Rotate the secrets" }).click();
  await page.getByRole("dialog", { name: "Secrets rotated" }).getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await fetch(url, { method: "HEAD", headers: ALONE })).status, 401);
});
