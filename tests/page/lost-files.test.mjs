// A request is not repeated without the picture that it had.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseModel, generate, openLocal, videos, waitFor, waitForPrice, waitForState } from "./support.mjs";

/** Runs in a page: no request can be kept, as where the browser's storage is full. */
function keepNoRequests() {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === "requests") throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    return put.apply(this, args);
  };
}

/** Runs in a page: a PNG of the size of a video, in base64. */
function drawPicture() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1280, 720];
  canvas.getContext("2d").fillRect(0, 0, 99, 99);
  return canvas.toDataURL("image/png").split(",")[1];
}

/** A video made from a picture that could not be kept. */
async function openVideo(t) {
  const { page } = await openLocal(t, { jobDurationMs: 300 });
  await page.evaluate(keepNoRequests);
  await chooseModel(page, "wan-2.6");
  await page.locator("#prompt").fill("It moves");
  const buffer = Buffer.from(await page.evaluate(drawPicture), "base64");
  await page.locator("[data-field=image] input[type=file]").setInputFiles({ name: "first.png", mimeType: "image/png", buffer });
  await page.locator("#allowInlineImages").check();
  await waitForPrice(page);
  await waitForState(await generate(page), "completed");
  await page.locator("#prompt").fill("Something else");
  return page;
}

test("vary fills the form in place of submitting, and says what is missing", async (t) => {
  const page = await openVideo(t);
  await page.getByRole("button", { name: /^Vary/ }).click();
  const said = page.getByRole("alert").getByText("This browser has not kept the files of this video. Choose them again. Nothing was sent.");
  await waitFor(async () => (await said.count()) > 0 || (await videos(page).count()) > 1);
  assert.equal(await videos(page).count(), 1);
  assert.equal(await page.locator("#prompt").inputValue(), "It moves");
});

test("edit says what is missing", async (t) => {
  const page = await openVideo(t);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.waitForFunction(() => document.getElementById("prompt").value === "It moves");
  assert.match(await page.getByRole("alert").first().textContent(), /This browser has not kept the files of this video/);
});
