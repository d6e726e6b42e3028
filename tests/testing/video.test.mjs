// The simulated video in Chromium: it is decoded, moves, shows what the prompt says and how it was made.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";
import { openContext } from "../browser.mjs";

const MAX_BYTES = 250_000;

/** The bytes of the video of a prompt. */
async function videoOf(prompt) {
  const simulator = createSimulator({ jobDurationMs: 1 });
  const client = createFilmgate(simulator.options);
  const request = { model: "wan-2.6", prompt, duration: 5, resolution: "720p" };
  const { videos } = await client.generate(request, { provider: "runware" });
  const response = await simulator.fetch(videos[0].url);
  const bytes = Buffer.from(await response.arrayBuffer());
  simulator.close();
  return bytes;
}

/**
 * What a page sees of a video: its size and length, the share of values that change between two times, the
 * mean red, green and blue of the sky and of the lowest rows, and how many bright values the caption has.
 */
async function seen(bytes) {
  const page = await profile.newPage();
  const what = await page.evaluate(measured, bytes.toString("base64"));
  await page.close();
  return what;
}

/** Runs in the page. */
async function measured(encoded) {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const video = document.createElement("video");
  video.muted = true;
  const event = (name) =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
    });
  // A frame can come after the event that it belongs to.
  const frame = () => new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  const loaded = Promise.all([event("loadeddata"), frame()]);
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  await loaded;
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const pictureAt = async (seconds) => {
    const sought = Promise.all([event("seeked"), frame()]);
    video.currentTime = seconds;
    await sought;
    context.drawImage(video, 0, 0);
    return context.getImageData(0, 0, width, height).data;
  };
  const [early, late] = [await pictureAt(0.5), await pictureAt(3)];
  const rows = (first, last) => early.subarray(first * width * 4, last * width * 4);
  const color = (part) =>
    [0, 1, 2].map((channel) => {
      const values = part.filter((_, at) => at % 4 === channel);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  return {
    size: [width, height, video.duration],
    changed: early.filter((value, at) => Math.abs(value - late[at]) > 12).length / early.length,
    sky: color(rows(40, 80)),
    band: color(rows(350, 360)),
    bright: rows(318, 345).filter((value, at) => at % 4 === 1 && value > 180).length,
  };
}

const profile = await openContext({ after });

describe("a simulated video in Chromium", () => {
  test("is 640 by 360 pixels, lasts as long as requested and moves", async () => {
    const bytes = await videoOf("A boat on the sea in the morning");
    assert.ok(bytes.length < MAX_BYTES, `${bytes.length} bytes`);
    const { size, changed } = await seen(bytes);
    assert.deepEqual(size, [640, 360, 5]);
    assert.ok(changed > 0.01, `${changed} of the values changed`);
  });

  test("shows what the prompt says: a dark sky at night, a blue one by day", async () => {
    const night = await seen(await videoOf("A street at night"));
    assert.ok(Math.max(...night.sky) < 90, `${night.sky}`);
    const { sky } = await seen(await videoOf("A street at noon"));
    assert.ok(sky[2] > 120 && sky[2] > sky[0], `${sky}`);
  });

  test("has the prompt on a dark band at the bottom", async () => {
    const { band, bright } = await seen(await videoOf("A day in the snow"));
    assert.ok(Math.max(...band) < 60, `${band}`);
    assert.ok(bright > 100, `${bright} bright values`);
  });
});
