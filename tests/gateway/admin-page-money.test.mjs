// The admin page's money: the overview, the export, and pending charges that are reconciled together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { cardOf, openGateway, openSection, rowOf } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask, order, settled, orderUnknown, control } = await openGateway({ after });
const TODAY = () => new Date().toISOString().slice(0, 10);
const dollars = (microUsd) => `$${(microUsd / 1e6).toFixed(6).replace(/0{1,4}$/, "")}`;

const editors = await gateway.createKey({ name: "editors", dailyBudgetUsd: 50 });
const others = await gateway.createKey({ name: "others" });
const video = await settled(await order(editors.apiKey, "A fox in the snow"), editors.apiKey);
const SPENT = video.filmgate.billing.microUsd;

const usage = () => ask("GET", "/admin/api/usage", gateway.adminToken);

test("the overview's numbers are those of the ledgers", async (t) => {
  const page = await openSection(t, gateway, "overview");
  const tile = (name) => page.locator(".tile").filter({ hasText: name });
  await tile("Spent today").getByText(dollars(SPENT), { exact: true }).waitFor();
  await tile("Spent today").getByText("1 job").waitFor();
  await tile("Spent this month").getByText(dollars(SPENT), { exact: true }).waitFor();
  await rowOf(page, "budgets", "editors").getByText(`${dollars(SPENT)} of $50.00`).waitFor();
  await rowOf(page, "budgets", "others").getByText("no limit").first().waitFor();

  const day = page.getByRole("button", { name: `${TODAY()}:` });
  assert.match(await day.getAttribute("aria-label"), /1 job; wan-2\.6 \$/);
  await page.getByLabel("Stacked by").selectOption("by API key");
  assert.match(await day.getAttribute("aria-label"), /1 job; editors \$/);
  await day.focus();
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await page.evaluate(() => document.activeElement.dataset.day), TODAY());
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.day), TODAY());
  await page.getByLabel("Days").selectOption("7 days");
  await waitFor(async () => (await page.locator(".plot .day").count()) === 7);
  await page.getByText("Show the numbers").click();
  await rowOf(page, "chart", TODAY()).getByText(dollars(SPENT)).waitFor();
});

test("the exported CSV is the ledgers'", async (t) => {
  const page = await openSection(t, gateway, "export");
  await page.getByLabel("To").fill("2020-01-01");
  await page.getByRole("button", { name: "Download CSV" }).click();
  await page.getByRole("alert").getByText("must not be after").waitFor();
  await page.getByLabel("To").fill(TODAY());
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^filmgate-.*\.csv$/);
  const [, ...lines] = readFileSync(await file.path(), "utf8").trimEnd().split("\r\n");
  const { id, accountId } = editors;
  const money = `${(SPENT / 1e6).toString()},0`;
  assert.deepEqual(lines, [`${TODAY()},${accountId},editors,${id},editors,wan-2.6,1,${money}`]);
});

test("pending charges are grouped, and reconciled one by one or together after a dry run", async (t) => {
  const held = [];
  for (const { apiKey } of [editors, others, others]) held.push(await orderUnknown(apiKey, "A lost letter"));
  const page = await openSection(t, gateway, "charges");
  const group = cardOf(page, "charges", "It is unknown whether the provider accepted the job");
  await group.getByText("RunPod").waitFor();
  await group.getByText("in 3 jobs").waitFor();
  await page.getByRole("link", { name: "Charges 3" }).waitFor();

  await rowOf(page, "charges", held[0].id.slice(-6)).getByRole("button", { name: /^Reconcile/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Cost on the provider's bill").fill("-1");
  await dialog.getByRole("button", { name: "Record" }).click();
  await dialog.getByRole("alert").getByText("costUsd must be").waitFor();
  await dialog.getByLabel("Cost on the provider's bill").fill("0.123456");
  await dialog.getByRole("button", { name: "Record" }).click();
  await dialog.waitFor({ state: "detached" });
  await group.getByText("in 2 jobs").waitFor();

  await group.getByRole("checkbox").check();
  await page.getByText("2 jobs, $1.00 reserved").waitFor();
  await page.getByRole("button", { name: "Not charged…" }).click();
  await dialog.getByText("2 jobs will be recorded as not charged").waitFor();
  assert.equal((await usage()).open.length, 2, "the dry run records nothing");
  await dialog.getByRole("button", { name: "Reconcile 2 jobs" }).click();
  await page.getByText("No charge is pending.").waitFor();
  const { data, open } = await usage();
  assert.equal(open.length, 0);
  const days = data.flatMap((account) => account.days);
  assert.equal(days.reduce((sum, day) => sum + day.reservedUsd, 0), 0);
  const spent = Math.round(days.reduce((sum, day) => sum + day.spentUsd, 0) * 1e6);
  assert.equal(spent, SPENT + 123_456);
});

test("charges that are unknown for different errors are decided on apart", async (t) => {
  const pending = (prompt) => order(others.apiKey, prompt, { provider: "runware" });
  const refused = await settled(await pending("[nsfw] A fox"), others.apiKey);
  const failed = await settled(await pending("[fail] A fox"), others.apiKey);
  const page = await openSection(t, gateway, "charges");
  const groupOf = ({ error }) => cardOf(page, "charges", error.code.replaceAll("_", " "));
  await groupOf(failed).getByText("in 1 job").waitFor();
  await groupOf(failed).getByRole("button", { name: /^Reconcile/ }).click();
  const billed = page.getByRole("dialog").getByText("At Runware:");
  assert.equal(await billed.locator("code").getAttribute("title"), failed.filmgate.handle.id, "what the bill calls it");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await groupOf(refused).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Not charged…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reconcile 1 job" }).click();
  await groupOf(refused).waitFor({ state: "detached" });
  await groupOf(failed).getByText("in 1 job").waitFor();
  assert.deepEqual((await usage()).open.map(({ id, code }) => [id, code]), [[failed.id, failed.error.code]]);
});

test("what becomes pending while the dialog is open is not recorded with the rest", async (t) => {
  const [{ id: known }] = (await usage()).open;
  await control("config", { jobDurationMs: 600_000 });
  const late = await order(others.apiKey, "[fail] A slow fox", { provider: "runware" });
  const page = await openSection(t, gateway, "charges");
  const group = cardOf(page, "charges", "generation failed");
  await group.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Not charged…" }).click();
  await page.getByRole("dialog").getByText("1 job will be recorded as not charged").waitFor();
  await waitFor(async () => (await ask("GET", `/v1/videos/${late.id}`, others.apiKey)).filmgate.handle?.acceptedAt);
  await control("advance", { ms: 600_000 });
  await waitFor(async () => (await usage()).open.filter(({ state }) => state === "pending").length === 2);
  await page.getByRole("dialog").getByRole("button", { name: "Reconcile 1 job" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const { open } = await usage();
  assert.deepEqual(open.map(({ id }) => id), [late.id], `${known} was recorded`);
});
