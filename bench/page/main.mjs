// How quickly the page is usable, and how it does with fifty videos, in Chromium: `npm run bench:page`.
import { loadavg } from "node:os";
import { chromium } from "playwright-core";
import { builtPage } from "../../scripts/lib/page.mjs";
import { main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/log.mjs";
import { browser } from "../../scripts/lib/tools.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { serveCompressed } from "./host.mjs";
import { fillGallery, memoryOf, scroll } from "./gallery.mjs";
import { coldLoad, firstVideo } from "./load.mjs";
import { FAST_4G, SLOW_4G } from "./networks.mjs";
import { report } from "./report.mjs";

const TIMES = 5;
const COUNT = 50;
// Chromium otherwise waits for the next garbage collection before it tells a page's memory.
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-blink-features=ForceEagerMeasureMemory"];

await main(async () => {
  if (!process.env.FILMGATE_SIM) await setUp();
  // One without a window does not tell a page its memory.
  const { chromium: executablePath } = await browser({ isWhole: true });
  const host = await serveCompressed(await builtPage());
  const launched = await chromium.launch({ executablePath, args: ARGS });
  try {
    const measured = await measure(launched, host.origin);
    const text = report({ ...measured, times: TIMES, count: COUNT });
    console.log(`\n${text}`);
    write("page", {
      command: "npm run bench:page",
      title: "How quickly the page is usable",
      text,
      node: process.version,
      clients: [{ packages: ["filmgate"] }],
      raw: measured,
    });
  } finally {
    await launched.close();
    await host.close();
  }
});

async function measure(launched, origin) {
  const start = loadavg()[0];
  step("Cold loads over Fast 4G and Slow 4G", "a minute");
  const fast = await repeat(() => coldLoad(launched, origin, { network: FAST_4G }));
  const slow = await repeat(() => coldLoad(launched, origin, { network: SLOW_4G, cpuSlowdown: 4 }));
  step("The first video over Fast 4G", "a minute");
  const video = await repeat(() => firstVideo(launched, origin, { network: FAST_4G }));
  step(`${COUNT} videos in the gallery`, "2 minutes");
  const page = await fillGallery(launched, origin, COUNT);
  const scrolled = await repeat(() => scroll(page));
  const memory = await memoryOf(page);
  await page.context().close();
  return { chromiumVersion: launched.version(), load: [start, loadavg()[0]], fast, slow, video, scrolled, memory };
}

async function repeat(work) {
  const results = [];
  while (results.length < TIMES) results.push(await work());
  return results;
}
