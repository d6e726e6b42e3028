// What can be done with a video once there is one: use it again, compare, share, find, and break the providers.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseMore,
  chooseModel,
  control,
  deleteJob,
  videos,
  generate,
  idOf,
  ledger,
  openLocal,
  openPage,
  ready,
  submitText,
  useExample,
  waitForState,
} from "./support.mjs";

const PROMPT = "A fox in the snow";

async function generateFox(page) {
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const card = await generate(page);
  await waitForState(card, "completed");
  await card.locator("video").waitFor();
  return card;
}

for (const name of ["Lighthouse", "Skyline", "Balloon", "Campfire"]) {
  test(`${name}: one press fills the form, the next makes a video`, async (t) => {
    const { page } = await openPage(t);
    await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await page.getByRole("button", { name: /^Generate for/ }).click();
    await page.locator(".video-card[data-state=completed]").waitFor();
    assert.equal(await page.locator("#prompt[aria-invalid]").count(), 0);
  });
}

test("vary makes another video of the same request, edit fills the form with it", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  const card = await generateFox(page);
  await page.locator("#prompt").fill("Something else");
  await card.getByRole("button", { name: "Vary" }).click();
  await videos(page).nth(1).waitFor();
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
  assert.deepEqual(await page.locator(".card-title").allTextContents(), [PROMPT, PROMPT]);
  await page.locator(".job").getByRole("button", { name: "Edit" }).click();
  await page.waitForFunction((prompt) => document.getElementById("prompt").value === prompt, PROMPT);
});

test("the last frame becomes the first one of the next shot", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  const card = await generateFox(page);
  await card.getByRole("button", { name: "Next shot" }).click();
  await page.locator("[data-field=image] figcaption", { hasText: "Last frame of" }).waitFor();
  assert.equal(await page.locator("#prompt").inputValue(), "");
  await page.locator("#prompt").fill("The fox looks up");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
});

test("a failed video can be generated again from its card", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await page.locator("#prompt").fill("A cat yawns. [fail]");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const card = await generate(page);
  await waitForState(card, "failed");
  await card.getByRole("button", { name: "Generate again" }).click();
  await videos(page).nth(1).waitFor();
});

test("two offers side by side: one press, two jobs, played in step with what each cost", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 500 });
  await page.locator("#prompt").fill(PROMPT);
  await page.getByLabel("Compare").check();
  await page.getByRole("button", { name: /^Generate 2 for \$/ }).click();
  await page.locator(".compared video").nth(1).waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 2);
  for (const text of await page.locator(".facts").allInnerTexts()) assert.match(text, /Cost\s*\$[\s\S]*Took[\s\S]*Seed/);
  await page.getByRole("button", { name: "Play in step" }).click();
  await page.waitForFunction(() => {
    const times = [...document.querySelectorAll(".compared video")].map(({ currentTime }) => currentTime);
    return times.length === 2 && Math.min(...times) > 0.2 && Math.abs(times[0] - times[1]) < 0.3;
  });
});

test("a link opens the page with the request filled in, and without a picture or key", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, context: profile } = await openPage(t, { context });
  await chooseModel(page, "vidu-q3");
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await profile.newPage();
  await other.goto(link);
  await ready(other);
  await other.waitForFunction((prompt) => document.getElementById("prompt").value === prompt, PROMPT);
  assert.equal(await other.locator("#model").inputValue(), "vidu-q3");
  assert.equal(new URL(other.url()).hash, "");
  await other.evaluate(() => void (location.hash = "#video=1.dnonsense"));
  await other.getByText("This link is incomplete or damaged.").waitFor();
});

test("videos are kept here, found by words, and stay after a reload without a request", async (t) => {
  const { page, requests } = await openLocal(t, { jobDurationMs: 500 });
  await generateFox(page);
  await page.locator("#prompt").fill("A campfire at night");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const second = await generate(page);
  await second.getByText("kept on this device").waitFor();
  await page.locator(".card-kept").nth(1).waitFor();
  await page.getByRole("button", { name: "All (2)" }).click();
  const gallery = page.getByRole("dialog", { name: "Videos" });
  await gallery.locator(".video-card").nth(1).waitFor();
  await gallery.getByText(/used on this device/).waitFor();
  await gallery.getByLabel("Search").fill("campfire");
  await gallery.getByText("1 video.").waitFor();
  await gallery.locator(".video-card button").click();
  await gallery.waitFor({ state: "hidden" });

  await page.reload();
  await ready(page);
  const before = requests.length;
  await page.getByRole("button", { name: "Show the video" }).click();
  await page.getByText("kept on this device").waitFor();
  assert.equal(requests.slice(before).some((url) => url.includes("/videos/")), false);
});

test("a kept video plays in its poster under the mouse, and not with reduced motion", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await generateFox(page);
  await page.locator(".card-kept").waitFor();
  await page.locator(".video-card").hover();
  await page.waitForFunction(() => document.querySelector(".card-preview")?.currentTime > 0);
  await page.mouse.move(0, 0);
  await page.locator(".card-preview").waitFor({ state: "detached" });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.locator(".video-card").hover();
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".card-preview").count(), 0);
});

test("a poster that passes under the mouse opens no video", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await generateFox(page);
  await page.locator(".card-kept").waitFor();
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.evaluate(() => {
    window.opened = 0;
    const { getFileHandle } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.getFileHandle = function (...options) {
      window.opened += 1;
      return getFileHandle.apply(this, options);
    };
  });
  await page.locator(".video-card").hover();
  await page.clock.runFor(100);
  await page.mouse.move(0, 0);
  await page.clock.runFor(10_000);
  assert.equal(await page.evaluate(() => window.opened), 0);
  await page.locator(".video-card").hover();
  await page.clock.runFor(1_000);
  await page.locator(".card-preview").waitFor({ state: "attached" });
  assert.equal(await page.evaluate(() => window.opened), 1);
});

test("a video that plays while its file still arrives has its own picture in the list", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 500 });
  await control(simulator, "faults", { rules: [{ operation: "download", times: 1, fault: { kind: "latency", ms: 15_000 } }] });
  const card = await generateFox(page);
  await card.locator("video[src^='http']").waitFor();
  await page.locator(".card-picture img:not([data-drawn])").waitFor();
});

test("what was spent stays after a delete, and a budget says when it would be exceeded", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await waitForState(card, "completed");
  const menu = page.locator("#spending > summary");
  await menu.getByText("$4.00").waitFor();
  await deleteJob(card);
  await videos(page).first().waitFor({ state: "detached" });
  await menu.getByText("$4.00").waitFor();
  await menu.click();
  await page.getByLabel("Budget of the month").fill("5");
  await page.getByText("This would go beyond the budget of the month.").waitFor();
  await page.getByLabel("Budget of the month").fill("50");
  await page.getByText("This would go beyond the budget of the month.").waitFor({ state: "detached" });
});

test("a lost answer: the ledger shows the job, billed once, and continues it", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill(PROMPT);
  await page.locator("input[name=provider][value=runpod]").check();
  await page.getByRole("tab", { name: "Break it" }).click();
  await page.getByRole("switch", { name: "Lose the answer to the submit" }).check();
  const card = await generate(page);
  await waitForState(card, "failed");
  await page.getByRole("button", { name: "Continue the lost job with this id" }).click();
  await waitForState(card, "completed");
  await page.locator(".ledger li").getByText("Billed once").waitFor();
  assert.equal(await page.locator(".ledger li").count(), 1);
});

test("only what is simulated can be broken", async (t) => {
  const { page } = await openPage(t);
  await page.locator("#environments > summary").click();
  await page.check("input[name=environment][value=live]");
  await page.getByRole("tab", { name: "Break it" }).waitFor({ state: "detached" });
});

test("the tab's title tells how far the job is", async (t) => {
  const { page } = await openPage(t);
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  // Awaited before there is a job: it may end before a slow test looks.
  const progress = page.waitForFunction(() => /^\d+ % · filmgate$/.test(document.title));
  await generate(page);
  await progress;
  await page.locator(".video-card[data-state=completed]").waitFor();
  await page.waitForFunction(() => document.title === "filmgate");
});

test("the handle of a job can be copied, and names no prompt", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page } = await openLocal(t, { jobDurationMs: 500, context });
  const card = await generateFox(page);
  await chooseMore(card, "Copy handle");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(JSON.parse(text).id, await idOf(card));
  assert.ok(!text.includes(PROMPT));
  assert.match(await submitText(page), /^Generate for/);
});
