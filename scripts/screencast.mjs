// Records the animation of the README: the page quotes a request, generates the video on simulated providers and
// plays it. `npm run screencast` writes docs/screencast.webp from real screenshots.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build } from "./build.mjs";
import { aptInstall } from "./lib/apt.mjs";
import { note, step } from "./lib/log.mjs";
import { Failure, main, root, run } from "./lib/run.mjs";
import { serve } from "./lib/serve.mjs";
import { browser as findBrowser } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

const OUTPUT = join(root, "docs", "screencast.webp");
const VIEWPORT = { width: 1200, height: 750 };
const MAX_BYTES = 600_000;
const EXAMPLE = /^Lighthouse/;
const TIMEOUT_MS = 60_000;

/** The parts of the animation: the number of frames, how long each is shown, and the time between screenshots. */
const FORM = { frames: 1, shownMs: 1_600, everyMs: 0 };
const RUNNING = { frames: 4, shownMs: 600, everyMs: 1_400 };
const PLAYING = { frames: 5, shownMs: 400, everyMs: 400 };

await main(async () => {
  await build(await setUpBuild());
  await aptInstall(["webp"], { why: "to assemble the animation", elsewhere: "Install libwebp's img2webp.", howLong: "seconds" });
  const folder = mkdtempSync(join(tmpdir(), "filmgate-screencast-"));
  try {
    step("Recording the page", "a quarter of a minute");
    const frames = await record(folder);
    const each = frames.flatMap(({ path, shownMs }) => ["-d", String(shownMs), path]);
    await run("img2webp", ["-loop", "0", "-lossy", "-q", "72", "-m", "6", ...each, "-o", OUTPUT], { quiet: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { size } = statSync(OUTPUT);
  if (size > MAX_BYTES) throw new Failure(`${OUTPUT} has ${size} bytes; at most ${MAX_BYTES} are allowed.`);
  note(`docs/screencast.webp: ${size} bytes`);
});

/** Generates a video in the page, on the providers that are simulated in the page itself; returns the frames. */
async function record(folder) {
  const { chromium: executablePath } = await findBrowser();
  const server = await serve();
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const launched = await chromium.launch({ executablePath, args });
  try {
    const page = await launched.newPage({ viewport: VIEWPORT });
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(server.origin);
    // The page is ready once filmgate has priced the empty form.
    await page.locator("#submit:not([data-loading])").waitFor();
    const frames = [];
    await take(page, folder, frames, FORM);
    await page.getByRole("button", { name: EXAMPLE }).click();
    const submit = page.getByRole("button", { name: /^Generate for/ });
    await submit.waitFor();
    await take(page, folder, frames, FORM);
    await submit.click();
    await page.locator(".job[data-state=running]").waitFor();
    await take(page, folder, frames, RUNNING);
    const video = page.locator(".job video");
    await video.waitFor();
    await video.evaluate((node) => node.play());
    await take(page, folder, frames, PLAYING);
    return frames;
  } finally {
    await launched.close();
    await server.close();
  }
}

async function take(page, folder, frames, { frames: count, shownMs, everyMs }) {
  for (let taken = 0; taken < count; taken += 1) {
    if (taken > 0) await page.waitForTimeout(everyMs);
    const path = join(folder, `${String(frames.length).padStart(2, "0")}.png`);
    await page.screenshot({ path });
    frames.push({ path, shownMs });
  }
}
