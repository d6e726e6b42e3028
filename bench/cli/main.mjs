// How much longer a command takes than Node itself: `npm run bench:cli`. The commands take turns, so that a busy machine
// slows all of them alike. The minimum is that of an undisturbed run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, root } from "../../scripts/lib/run.mjs";

const PROGRAM = join(root, "pkg", "dist", "cli", "filmgate.js");
const REQUEST = ["A lighthouse", "--model", "wan-2.6", "--duration", "5", "--resolution", "720p"];
const TIMES = 25;

const COMMANDS = {
  "node -e 0": ["-e", "0"],
  "filmgate --version": [PROGRAM, "--version"],
  "filmgate --help": [PROGRAM, "--help"],
  "filmgate help generate": [PROGRAM, "help", "generate"],
  "filmgate models": [PROGRAM, "models"],
  "filmgate quote": [PROGRAM, "quote", ...REQUEST],
  "filmgate jobs": [PROGRAM, "jobs"],
};

await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-bench-"));
  const env = { ...process.env, FILMGATE_STORE: folder };
  const took = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, []]));
  try {
    for (let time = 0; time < TIMES; time += 1) {
      for (const [name, args] of Object.entries(COMMANDS)) {
        const since = performance.now();
        spawnSync(process.execPath, args, { env });
        took[name].push(performance.now() - since);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const [node] = Object.values(took).map(figures);
  console.log("| command | minimum, ms | more than Node | median, ms | more than Node |\n|---|--:|--:|--:|--:|");
  for (const [name, samples] of Object.entries(took)) {
    const { min, median } = figures(samples);
    console.log(`| \`${name}\` | ${min.toFixed(0)} | ${(min - node.min).toFixed(0)} | ${median.toFixed(0)} | ${(median - node.median).toFixed(0)} |`);
  }
});

function figures(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}
