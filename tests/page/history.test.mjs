// Jobs are still listed after a reload, by environment, until they are deleted.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  chooseMore,
  deleteJob,
  videoOf,
  videos,
  idOf,
  openMore,
  openSettings,
  select,
  control,
  generate,
  hide,
  ledger,
  openLocal,
  reload,
  waitForAccepted,
  waitForState,
  useExample,
} from "./support.mjs";

test("several jobs at once: all listed after a reload, shown on demand, and deleted", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Bakery");
  const first = await generate(page);
  const id = await idOf(first);
  await useExample(page, "Mangrove");
  await generate(page);
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();

  await reload(page);
  const titles = await page.locator(".card-title").allTextContents();
  assert.equal(titles.length, 2);
  assert.match(titles[0], /^A cinematic wide shot/);
  assert.match(titles[1], /^Action: She opened her hands/);
  assert.equal(await page.locator("video").count(), 0);
  await select(page, id);
  await first.getByRole("button", { name: "Show the video" }).click();
  await first.locator("video").waitFor();
  // It may be deleted before it has begun.
  await first.locator("video").evaluate((video) => void video.play().catch(() => {}));
  await assertPlays(first.locator("video"));

  await deleteJob(first);
  await videoOf(page, id).waitFor({ state: "detached" });
  await reload(page);
  assert.equal(await videos(page).count(), 1);
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(stored.includes("flooded mangrove forest"));
  assert.ok(!stored.includes("bakery"));
});

test("two tabs: both show the job, and only one submits and polls", async (t) => {
  const { page, context, simulator } = await openLocal(t, { jobDurationMs: 600_000 });
  await useExample(page, "Mangrove");
  const card = await generate(page);
  const other = await context.newPage();
  const requestsOfOther = [];
  other.on("request", (request) => requestsOfOther.push(request.url()));
  await other.goto(page.url());
  const sameCard = other.locator(`.job[data-job-id="${await card.getAttribute("data-job-id")}"]`);
  // A video is shown by itself only where its job was shown before it ended.
  await waitForAccepted(sameCard);
  await control(simulator, "advance", { ms: 600_000 });
  await Promise.all([waitForState(card, "completed"), waitForState(sameCard, "completed")]);
  await assertPlays(sameCard.locator("video"));
  const { submissions, charges } = await ledger(simulator);
  assert.deepEqual([submissions.length, charges.length], [1, 1]);
  assert.equal(
    requestsOfOther.some((url) => url.startsWith(simulator.runware)),
    false,
  );
});

test("several videos of one request, each with its own cost", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Mangrove");
  await openMore(page);
  await page.locator("#n").selectOption("3");
  await page.getByRole("button", { name: "Generate for about $12.00" }).waitFor();
  const card = await generate(page);
  await waitForState(card, "completed");
  await card.getByText("Completed. Cost $12.00, as quoted.").waitFor();
  await card.getByRole("link", { name: "Download" }).nth(2).waitFor();
  assert.equal(await card.locator("video").count(), 3);
  assert.equal(await card.getByText(/^Cost \$4\.00/).count(), 3);
  const sources = await card.locator("video").evaluateAll((videos) => videos.map(({ src }) => src));
  assert.equal(new Set(sources).size, 3);
});

test("each environment has its own jobs", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Bakery");
  const card = await generate(page);
  await chooseEnvironment(page, "page");
  await page.getByText("No videos yet.").waitFor();
  assert.equal(await videos(page).count(), 0);
  await chooseEnvironment(page, "local");
  await waitForState(card, "completed");
});

test("an environment that is not shown reports its pending jobs", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 600_000 });
  await useExample(page, "Bakery");
  await waitForAccepted(await generate(page));
  await chooseEnvironment(page, "page");
  await reload(page);
  await openSettings(page);
  const note = page.locator("#environment-local").getByText("1 job in progress.");
  await note.waitFor();
  await chooseEnvironment(page, "local");
  await note.waitFor({ state: "detached" });
  await waitForState(page.locator(".job"), "running");
});

test("a video can be downloaded and remixed", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await waitForState(card, "completed");
  const downloading = page.waitForEvent("download");
  // Until the page has the file, the link opens the provider's URL.
  await card.locator("a[download]").click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^filmgate-[0-9a-f]{8}-1\.mp4$/);

  await card.getByRole("button", { name: "Use as remix" }).click();
  assert.match(await page.locator("#remixId").inputValue(), /^video_/);
  assert.equal(await page.locator("#size").inputValue(), "");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const remixed = await generate(page);
  await waitForState(remixed, "completed");
});

test("if CORS blocks the download, the video plays from its own URL", async (t) => {
  const { page, simulator } = await openLocal(t);
  await control(simulator, "faults", {
    rules: [{ operation: "download", times: 9, fault: { kind: "corsBlocked" } }],
  });
  await useExample(page, "Bakery");
  const card = await generate(page);
  await waitForState(card, "completed");
  await card.getByText("Played from the provider's URL.").waitFor();
  assert.match(await card.locator("video").getAttribute("src"), /^http:\/\/127\.0\.0\.1/);
  await assertPlays(card.locator("video"));
});

test("the message of a delete stays while the mouse is on it, its tab is hidden or its page hangs, and then its time goes on", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await useExample(page, "Bakery");
  const card = await generate(page);
  const id = await idOf(card);
  await waitForState(card, "completed");
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await chooseMore(card, "Delete");
  const message = page.locator(".toast");
  await message.hover();
  await page.clock.runFor(60_000);
  assert.equal(await message.count(), 1);
  await hide(page);
  await page.mouse.move(0, 0);
  await page.clock.runFor(60_000);
  assert.equal(await message.count(), 1);
  await hide(page, false);
  // The machine sleeps, or is too busy for the page.
  await page.clock.fastForward(60_000);
  assert.equal(await message.count(), 1);
  await page.clock.runFor(8_000);
  assert.equal(await message.count(), 1);
  await page.clock.runFor(3_000);
  assert.equal(await message.count(), 0);
  await page.clock.resume();
  await reload(page);
  assert.equal(await videoOf(page, id).count(), 0);
});

test("a deleted job comes back by Undo, and is gone once the message is dismissed", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await useExample(page, "Bakery");
  const card = await generate(page);
  const id = await idOf(card);
  await waitForState(card, "completed");
  await hide(page);
  await chooseMore(card, "Delete");
  await videoOf(page, id).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await videoOf(page, id).waitFor();
  await waitForState(card, "completed");
  // A page that is left before that keeps the record.
  await chooseMore(card, "Delete");
  await reload(page);
  await videoOf(page, id).waitFor();
  await deleteJob(card);
  await reload(page);
  assert.equal(await videos(page).count(), 0);
});
