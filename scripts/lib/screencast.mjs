// Records the animation of the README: the page quotes a request, generates the video on simulated providers and plays
// it. It is made from real screenshots.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { run } from "./run.mjs";

export const VIEWPORT = { width: 1200, height: 750 };
const EXAMPLE = /^Lighthouse/;

/** The parts of the animation: the number of frames, how long each is shown, and the time between screenshots. */
const FORM = { frames: 1, shownMs: 1_600, everyMs: 0 };
const RUNNING = { frames: 4, shownMs: 600, everyMs: 1_400 };
const PLAYING = { frames: 8, shownMs: 400, everyMs: 400 };

/** Generates a video in an open page, and writes what is seen as an animated WebP file; returns the number of frames. */
export async function recordScreencast(page, output) {
  await aptInstall(["webp"], { why: "to assemble the animation", elsewhere: "Install libwebp's img2webp.", howLong: "seconds" });
  const folder = mkdtempSync(join(tmpdir(), "filmgate-screencast-"));
  try {
    const frames = await record(page, folder);
    const each = frames.flatMap(({ path, shownMs }) => ["-d", String(shownMs), path]);
    mkdirSync(dirname(output), { recursive: true });
    await run("img2webp", ["-loop", "0", "-lossy", "-q", "72", "-m", "6", ...each, "-o", output], { quiet: true });
    return frames.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record(page, folder) {
  const frames = [];
  const take = (part) => takePart(page, folder, frames, part);
  await take(FORM);
  await page.getByRole("button", { name: EXAMPLE }).click();
  const submit = page.getByRole("button", { name: /^Generate for/ });
  await submit.waitFor();
  await take(FORM);
  await submit.click();
  await page.locator(".job[data-state=running]").waitFor();
  await take(RUNNING);
  const video = page.locator(".job video");
  await video.waitFor();
  await video.evaluate((node) => node.play());
  await take(PLAYING);
  return frames;
}

async function takePart(page, folder, frames, { frames: count, shownMs, everyMs }) {
  for (let taken = 0; taken < count; taken += 1) {
    if (taken > 0) await page.waitForTimeout(everyMs);
    const path = join(folder, `${String(frames.length).padStart(2, "0")}.png`);
    await page.screenshot({ path });
    frames.push({ path, shownMs });
  }
}
