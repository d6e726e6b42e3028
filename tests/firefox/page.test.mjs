// The page's main flow in Firefox.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseModel,
  chooseMore,
  control,
  deleteJob,
  generate,
  hide,
  idOf,
  ledger,
  ready,
  reload,
  videoOf,
  videos,
  waitFor,
  waitForState,
} from "../page/support.mjs";
import { openPage, prompt } from "./support.mjs";

const PROMPT = "A fox in the snow";
// A job ends only when the test advances the clock.
const ENDLESS_MS = 600_000;

test("without a key: a video is made and plays", async (t) => {
  const { page } = await openPage(t);
  await page.getByRole("button", { name: /^Lighthouse/ }).click();
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await waitForState(page.locator(".job"), "completed");
  await assertPlays(page.locator(".job video"));
});

test("a reload while a job runs continues it: one submit, one charge, and its video plays", async (t) => {
  const { page, simulator } = await openPage(t, { local: ENDLESS_MS });
  await prompt(page, PROMPT);
  await waitForState(await generate(page), "running");
  await waitFor(async () => (await ledger(simulator)).submissions.length === 1);
  await page.locator(".job").getByText(/^Generating/).waitFor();
  await reload(page);
  await waitForState(page.locator(".job"), "running");
  await control(simulator, "advance", { ms: ENDLESS_MS });
  await waitForState(page.locator(".job"), "completed");
  await assertPlays(page.locator(".job video"));
  const { submissions, charges } = await ledger(simulator);
  assert.deepEqual([submissions.length, charges.length], [1, 1]);
});

test("a second tab shows the job without a request, and takes over when the first is closed", async (t) => {
  const { page, simulator, tab } = await openPage(t, { local: ENDLESS_MS });
  await prompt(page, PROMPT);
  const id = await idOf(await generate(page));
  await page.locator(".job").getByText(/^Generating/).waitFor();
  const other = await tab();
  const card = other.page.locator(`.job[data-job-id="${id}"]`);
  await waitForState(card, "running");
  const toProviders = () => other.requests.filter((url) => url.startsWith(simulator.origin));
  assert.deepEqual(toProviders(), []);
  await page.close();
  await control(simulator, "advance", { ms: ENDLESS_MS });
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  assert.ok(toProviders().length > 0);
  const { submissions, charges } = await ledger(simulator);
  assert.deepEqual([submissions.length, charges.length], [1, 1]);
});

test("a video is kept on the device, and plays after a reload without a request", async (t) => {
  const { page, requests } = await openPage(t, { local: 500 });
  await prompt(page, PROMPT);
  await waitForState(await generate(page), "completed");
  await page.locator(".card-kept").waitFor();
  await reload(page);
  const before = requests.length;
  await page.getByRole("button", { name: "Show the video" }).click();
  await page.getByText("kept on this device").waitFor();
  await page.locator(".job video").evaluate((video) => void video.play());
  await assertPlays(page.locator(".job video"));
  assert.equal(requests.slice(before).some((url) => url.includes("/videos/")), false);
});

test("a link that was copied opens the page with the request filled in", async (t) => {
  const { page, context } = await openPage(t);
  await chooseModel(page, "vidu-q3");
  await prompt(page, PROMPT);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  // Firefox asks a person before a page may read the clipboard; a person pastes.
  await page.locator("#prompt").fill("");
  await page.locator("#prompt").press("Control+V");
  const link = await page.locator("#prompt").inputValue();
  const other = await context.newPage();
  await other.goto(link);
  await ready(other);
  await other.waitForFunction((text) => document.getElementById("prompt").value === text, PROMPT);
  assert.equal(await other.locator("#model").inputValue(), "vidu-q3");
  assert.equal(new URL(other.url()).hash, "");
});

test("a deleted job comes back by Undo, and is gone once the message is dismissed", async (t) => {
  const { page } = await openPage(t, { local: 500 });
  await prompt(page, PROMPT);
  const card = await generate(page);
  const id = await idOf(card);
  await waitForState(card, "completed");
  await hide(page);
  await chooseMore(card, "Delete");
  await videoOf(page, id).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await videoOf(page, id).waitFor();
  await waitForState(card, "completed");
  await deleteJob(card);
  await reload(page);
  assert.equal(await videos(page).count(), 0);
});
