// How much longer a command takes than Node itself, and how large the tarball is: `npm run bench:cli`. The commands take turns,
// so that a busy machine slows all of them alike. The minimum is that of an undisturbed run. With `-- --baseline COMMIT` the
// tarball of that commit is beside it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure, capture, main, root } from "../../scripts/lib/run.mjs";
import { buildBaseline } from "../lib/baseline.mjs";
import { table, write } from "../lib/results.mjs";

const PROGRAM = join(root, "pkg", "dist", "cli", "filmgate.js");
const REQUEST = ["A lighthouse", "--model", "wan-2.6", "--duration", "5", "--resolution", "720p"];
const TIMES = 25;
/** More than Node itself. */
const MAX_START_MS = 150;

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
  const { values } = parseArgs({ options: { baseline: { type: "string" } } });
  const times = Object.fromEntries(Object.entries(timesOfAll()).map(([name, samples]) => [name, figures(samples)]));
  const packed = { now: tarball(root) };
  if (values.baseline) packed[values.baseline] = tarball(await buildBaseline(values.baseline));
  const text = page(times, packed);
  console.log(`\n${text}`);
  write("cli", {
    command: `npm run bench:cli${values.baseline ? ` -- --baseline ${values.baseline}` : ""}`,
    title: "The start of a command, and the package's size",
    text,
    node: process.version,
    clients: [{ packages: ["filmgate"] }],
    raw: { times, packed },
  });
  const slow = Object.entries(times).filter(([, { min }]) => min - times["node -e 0"].min > MAX_START_MS);
  if (slow.length > 0) throw new Failure(`More than ${MAX_START_MS} ms: ${slow.map(([name]) => name).join(", ")}`);
});

function timesOfAll() {
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
  return took;
}

/** What `npm pack` would write: bytes as a tarball, unpacked, and the number of files. */
function tarball(folder) {
  const [{ size, unpackedSize, entryCount }] = JSON.parse(capture("npm", ["pack", "--dry-run", "--json", join(folder, "pkg")]));
  return { size, unpackedSize, entryCount };
}

function page(times, packed) {
  const { min, median } = times["node -e 0"];
  const ms = (value) => value.toFixed(0);
  const kb = (bytes) => (bytes / 1000).toFixed(1);
  const commands = Object.entries(times).map(([name, own]) => [
    `\`${name}\``, ms(own.min), ms(own.min - min), ms(own.median), ms(own.median - median),
  ]);
  const sizes = Object.entries(packed).map(([name, own]) => [name, kb(own.size), kb(own.unpackedSize), own.entryCount]);
  return [
    `${TIMES} processes of each command, by turns. A command may take ${MAX_START_MS} ms more than Node.`,
    "",
    table(["command", "minimum, ms", "more than Node", "median, ms", "more than Node"], commands),
    "",
    "What `npm pack` writes:",
    "",
    table(["commit", "tarball, kB", "unpacked, kB", "files"], sizes),
  ].join("\n");
}

function figures(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}
