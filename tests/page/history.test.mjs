// What was filmed is still there after a reload, place by place, until it is forgotten.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays, choosePlace, control, film, openLocal, reload, stateOf, takeExample,
} from "./support.mjs";

test("several films at once, all found after a reload, shown on demand, and forgotten", async (t) => {
  const { page } = await openLocal(t);
  await takeExample(page, "Bakery");
  const first = await film(page);
  await takeExample(page, "Mangrove");
  const second = await film(page);
  await Promise.all([stateOf(first, "completed"), stateOf(second, "completed")]);

  await reload(page);
  const titles = await page.locator(".film h3").allTextContents();
  assert.equal(titles.length, 2);
  assert.match(titles[0], /^A cinematic wide shot/);
  assert.match(titles[1], /^Action: She opened her hands/);
  assert.equal(await page.locator("video").count(), 0);
  await first.getByRole("button", { name: "Show the video" }).click();
  await first.locator("video").waitFor();
  await first.locator("video").evaluate((video) => void video.play());
  await assertPlays(first.locator("video"));

  await first.getByRole("button", { name: "Forget" }).click();
  await first.waitFor({ state: "detached" });
  await reload(page);
  assert.equal(await page.locator(".film").count(), 1);
  assert.equal((await page.evaluate(() => localStorage.getItem("filmgate.notes"))).includes("bakery"), false);
});

test("each place has films of its own", async (t) => {
  const { page } = await openLocal(t);
  await takeExample(page, "Bakery");
  const card = await film(page);
  await choosePlace(page, "page");
  await page.getByText("None yet.").waitFor();
  assert.equal(await page.locator(".film").count(), 0);
  await choosePlace(page, "local");
  await stateOf(card, "completed");
});

test("a film can be downloaded, and be worked from", async (t) => {
  const { page } = await openLocal(t);
  await takeExample(page, "Mangrove");
  const card = await film(page);
  await stateOf(card, "completed");
  const downloading = page.waitForEvent("download");
  await card.getByRole("link", { name: "Download" }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^filmgate-[0-9a-f]{8}-1\.mp4$/);

  await card.getByRole("button", { name: "Use as remix" }).click();
  assert.match(await page.locator("#remix").inputValue(), /^video_/);
  assert.equal(await page.locator("#size").inputValue(), "");
  await page.getByRole("button", { name: /^Film it for/ }).waitFor();
  const remixed = await film(page);
  await stateOf(remixed, "completed");
});

test("where the video cannot be read by a page, it plays from its own address", async (t) => {
  const { page, simulator } = await openLocal(t);
  await control(simulator, "faults", {
    rules: [{ operation: "download", times: 9, fault: { kind: "corsOff" } }],
  });
  await takeExample(page, "Bakery");
  const card = await film(page);
  await stateOf(card, "completed");
  await card.getByText("Played from the provider's own address.").waitFor();
  assert.match(await card.locator("video").getAttribute("src"), /^http:\/\/127\.0\.0\.1/);
  await assertPlays(card.locator("video"));
});
