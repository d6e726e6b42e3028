// The report in Markdown: every goal, what was measured, and whether it is met.
import { table } from "../lib/results.mjs";

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const fps = (frames) => (1_000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0);

const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;
const ms = (value) => `${Math.round(value)} ms`;
const kB = (bytes) => `${(bytes / 1_000).toFixed(0)} kB`;
const MB = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const plain = (value) => String(Math.round(value));
const perSecond = (value) => value.toFixed(1);

/** The value that counts, the range of all, and the goal. `atLeast`: more is better. */
function row(what, values, show, goal, { atLeast = false } = {}) {
  const value = median(values);
  const [min, max] = [sorted(values)[0], sorted(values).at(-1)];
  const range = show(min) === show(max) ? "" : ` (${show(min)} to ${show(max)})`;
  const isMet = atLeast ? value >= goal : value <= goal;
  return [what, `${show(value)}${range}`, `${atLeast ? "≥" : "≤"} ${show(goal)}`, isMet ? "met" : "**missed**"];
}

export function report({ fast, slow, video, scrolled, memory, times, count, load, chromiumVersion }) {
  const of = (runs, key) => runs.map((run) => run[key]);
  const rest = fps(scrolled.flatMap((run) => run.rest));
  const rows = [
    row("requests before the form is usable", of(fast, "requests"), plain, 20),
    row("bytes until then, gzip and headers", of(fast, "bytes"), kB, 200_000),
    row("form usable, Fast 4G", of(fast, "usableMs"), seconds, 1_000),
    row("form usable, Slow 4G, CPU four times slower", of(slow, "usableMs"), seconds, 3_000),
    row("layout shift, the larger of both", [Math.max(...of(fast, "shift"), ...of(slow, "shift"))], (value) => value.toFixed(3), 0.01),
    row("total blocking time, Slow 4G, CPU four times slower", of(slow, "blockingMs"), ms, 200),
    row("first video plays, Fast 4G, without a key", video, seconds, 20_000),
    row(`frames a second, ${count} videos scrolled`, scrolled.map((run) => fps(run.scrolling)), perSecond, 59, { atLeast: true }),
    row(`memory of the page with ${count} videos`, [memory.pageBytes], MB, 40_000_000),
    row("of it JavaScript", [memory.heapBytes], MB, 40_000_000),
  ];
  return [
    `In headless Chromium ${chromiumVersion} without a GPU, each load in a new profile, from a local host that compresses. The median of`,
    `${times} runs, with the range of all. The networks are the presets of Chromium's developer tools.`,
    `The load average over a minute was ${load.map((value) => value.toFixed(1)).join(" to ")}: the higher it is, the worse times and frames are than on an idle machine.`,
    "",
    table(["what", "measured", "goal", ""], rows),
    "",
    "The form is usable in the frame after it is drawn; filmgate's module and the simulator load after that. Blocking time is what tasks",
    `since the first paint took beyond 50 ms each, until nothing loads any more. At rest the gallery has ${perSecond(rest)} frames a second here.`,
  ].join("\n");
}
