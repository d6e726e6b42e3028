// The admin page's jobs: those of all accounts, live; found by id; opened, canceled and deleted.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openGateway, openSection } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask, order, orderEnded, settled, control } = await openGateway({ after }, { jobDurationMs: 1_000 });
const editors = await gateway.createKey({ name: "editors" });
const others = await gateway.createKey({ name: "others" });
const fox = await settled(await order(editors.apiKey, "A fox in the snow"), editors.apiKey);
const storm = await settled(await order(others.apiKey, "[fail] A storm"), others.apiKey);

const jobOf = (page, text) => page.locator("#jobs").getByRole("listitem").filter({ hasText: text });
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const isLive = (page) => page.getByText("Live", { exact: true }).waitFor();

test("the jobs of all accounts are listed, with account, key, cost and the reason of a failure", async (t) => {
  const page = await openSection(t, gateway, "jobs");
  const row = jobOf(page, "A fox in the snow");
  await row.getByText("editors / editors").waitFor();
  await row.getByText("completed").waitFor();
  await row.getByText(`$${(fox.filmgate.billing.microUsd / 1e6).toFixed(2)}`).waitFor();
  const failed = jobOf(page, "[fail] A storm");
  await failed.getByText("others / others").waitFor();
  await failed.getByText(storm.error.message).waitFor();
  await failed.getByText("not charged").waitFor();
});

test("filters and a search by id or words of the prompt choose the jobs", async (t) => {
  const page = await openSection(t, gateway, "jobs");
  const shown = async (...texts) => {
    const [kept, gone] = texts;
    await jobOf(page, kept).waitFor();
    await jobOf(page, gone).waitFor({ state: "detached" });
  };
  const jobs = page.locator("#jobs");
  await jobs.getByRole("combobox", { name: "Status" }).selectOption("failed");
  await shown("A storm", "A fox");
  await jobs.getByRole("combobox", { name: "Status" }).selectOption("all");
  await jobs.getByRole("combobox", { name: "Account" }).selectOption("editors");
  await shown("A fox", "A storm");
  await jobs.getByRole("combobox", { name: "Account" }).selectOption("all");
  await jobs.getByLabel("Search").fill(storm.id);
  await shown("A storm", "A fox");
  await jobs.getByLabel("Search").fill("in the SNOW");
  await shown("A fox", "A storm");
  await jobs.getByLabel("Search").fill("no such words");
  await page.getByText("No jobs match.").waitFor();
});

test("a job is opened with its id to copy, and its video plays", async (t) => {
  const page = await openSection(t, gateway, "jobs");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await jobOf(page, "A fox").getByRole("button", { name: /^Open the job/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Copy the id of the job" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), fox.id);
  const video = dialog.locator("video");
  await video.waitFor();
  await waitFor(() => video.evaluate(({ readyState, videoWidth }) => readyState >= 2 && videoWidth > 0));
  assert.match(await video.getAttribute("src"), /^\/v1\/videos\/video_[0-9a-f]+\/content\?/);
  await dialog.getByRole("link", { name: "Download" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a poster is shown where there is one", async (t) => {
  const page = await openSection(t, gateway, "overview");
  await page.route("**/admin/api/videos?*", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const { filmgate } of list.data) filmgate.poster = true;
    await route.fulfill({ response, json: list });
  });
  const asked = [];
  await page.route("**/content?variant=thumbnail", (route) => {
    asked.push(route.request().headers().authorization);
    return route.fulfill({ contentType: "image/png", body: PIXEL });
  });
  await page.getByRole("navigation").getByRole("link", { name: "Jobs" }).click();
  const image = jobOf(page, "A fox").locator("img");
  await image.waitFor();
  await waitFor(() => image.evaluate(({ naturalWidth }) => naturalWidth === 1));
  assert.deepEqual(new Set(asked), new Set([`Bearer ${gateway.adminToken}`]));
});

test("a new job appears and completes by events, without a refresh", async (t) => {
  const page = await openSection(t, gateway, "jobs");
  await isLive(page);
  let lists = 0;
  page.on("request", (request) => (lists += /\/admin\/api\/videos\?/.test(request.url()) ? 1 : 0));
  await control("config", { jobDurationMs: 600_000 });
  const video = await order(editors.apiKey, "Paper boats");
  const row = jobOf(page, "Paper boats");
  await row.getByText(/queued|in progress/).waitFor();
  await waitFor(async () => (await ask("GET", `/v1/videos/${video.id}`, editors.apiKey)).filmgate.handle?.acceptedAt);
  await control("advance", { ms: 600_000 });
  await row.getByText("completed").waitFor();
  assert.ok(lists <= 2, `${lists} lists`);
  await ask("DELETE", `/v1/videos/${video.id}`, editors.apiKey);
  await row.waitFor({ state: "detached" });
});

test("an operator cancels and deletes a job of any account", async (t) => {
  await control("config", { jobDurationMs: 600_000, queueShare: 0 });
  const video = await order(others.apiKey, "A long take");
  const page = await openSection(t, gateway, "jobs");
  const row = jobOf(page, "A long take");
  const dialog = page.getByRole("dialog");
  await row.getByText("in progress").waitFor();
  await row.getByRole("button", { name: /^Cancel/ }).click();
  await dialog.getByRole("button", { name: "Cancel the job" }).click();
  await row.getByText("failed").waitFor();
  assert.equal((await ask("GET", `/v1/videos/${video.id}`, others.apiKey)).status, "failed");
  await row.getByRole("button", { name: /^Delete/ }).click();
  await dialog.getByRole("button", { name: "Delete the job" }).click();
  await row.waitFor({ state: "detached" });
  assert.equal((await ask("GET", `/v1/videos/${video.id}`, others.apiKey)).http, 404);
});

test("older jobs are shown on request, and stay when the list is refreshed", async (t) => {
  const { accountId, apiKey } = await gateway.createKey({ name: "many" });
  await control("config", { jobDurationMs: 1_000 });
  await orderEnded(apiKey, 27);
  const page = await openSection(t, gateway, `jobs?account=${accountId}`);
  const rows = page.locator("#jobs").getByRole("listitem");
  await waitFor(async () => (await rows.count()) === 25);
  await page.getByRole("button", { name: "More jobs" }).click();
  await waitFor(async () => (await rows.count()) === 27);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("button", { name: "More jobs" }).waitFor({ state: "hidden" });
  assert.equal(await rows.count(), 27);
});
