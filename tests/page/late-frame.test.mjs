// A browser can say that a video was moved before it shows the new frame: then drawing it gives nothing, or an old frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, openLocal, thumbnailOf, videos, waitForState } from "./support.mjs";

/** Makes a video in a page in which each frame comes a moment after its event. */
async function generateLate(t) {
  const { page } = await openLocal(t, { jobDurationMs: 500 });
  await page.evaluate(lateFrames);
  await page.locator("#prompt").fill("A street at noon");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const card = await generate(page);
  await waitForState(card, "completed");
  return { page, card };
}

/** Runs in the page. */
function lateFrames() {
  const player = HTMLVideoElement.prototype;
  const { requestVideoFrameCallback } = player;
  const shown = new WeakSet();
  player.requestVideoFrameCallback = function (callback) {
    return requestVideoFrameCallback.call(this, (...frame) => {
      setTimeout(() => {
        shown.add(this);
        callback(...frame);
      }, 100);
    });
  };
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
  Object.defineProperty(player, "currentTime", {
    get,
    set(seconds) {
      shown.delete(this);
      set.call(this, seconds);
    },
  });
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...place) {
    if (!(image instanceof HTMLVideoElement) || shown.has(image)) drawImage.call(this, image, ...place);
  };
}

/** The red, green, blue and alpha in the upper middle of an image: the sky of what is simulated. */
const skyOf = (image) =>
  image.evaluate(async (node) => {
    await node.decode();
    const canvas = new OffscreenCanvas(node.naturalWidth, node.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(node, 0, 0);
    return [...context.getImageData(canvas.width / 2, canvas.height / 6, 1, 1).data];
  });

function assertDay([red, , blue, alpha]) {
  assert.equal(alpha, 255);
  assert.ok(blue > 100 && blue > red, `${red} red, ${blue} blue`);
}

test("the next shot starts from the last frame, not from a black image", async (t) => {
  const { page, card } = await generateLate(t);
  await card.getByRole("button", { name: "Next shot" }).click();
  await page.locator("[data-field=image] figcaption", { hasText: "Last frame of" }).waitFor();
  assertDay(await skyOf(thumbnailOf(page, "image")));
});

test("the small picture of a video shows it", async (t) => {
  const { page } = await generateLate(t);
  assertDay(await skyOf(videos(page).locator("img[src^='blob:']")));
});
