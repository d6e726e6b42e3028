// How cost grows: with the listings of the catalog, the problems of a request and the jobs of a process:
// `npm run bench:growth`. With `-- --quick` everything runs a few times only, and nothing is written.
import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { main, root } from "../../scripts/lib/run.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { WITHOUT, buildWithoutModels } from "../../scripts/lib/without-models.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { page } from "./page.mjs";

const COUNTS = { passes: 5, jobs: [1, 100, 10_000], runMs: 20_000 };
const QUICK = { passes: 1, jobs: [1, 100], runMs: 5_000 };

await main(async () => {
  const { values } = parseArgs({ options: { quick: { type: "boolean" } } });
  const counts = values.quick ? QUICK : COUNTS;
  await buildWithoutModels(await setUp());
  step("By listings and by problems", "a minute");
  const listings = await program("listings", withoutModels(), counts.passes);
  const problems = await program("problems", counts.passes);
  step("Jobs in one process", values.quick ? "a minute" : "5 minutes");
  const jobs = [];
  for (const provider of ["runpod", "runware"]) {
    for (const count of counts.jobs) {
      note(`${count} at once, ${provider}`);
      jobs.push(await program("jobs", provider, count, counts.runMs));
    }
  }
  const results = { counts, listings, problems, jobs };
  const text = page(results);
  console.log(`\n${text}`);
  if (values.quick) return;
  write("growth", {
    command: "npm run bench:growth",
    title: "How cost grows",
    text,
    node: process.version,
    clients: [{ packages: ["filmgate"] }],
    raw: results,
  });
});

/** The package with the module without models: its glue belongs to it. */
function withoutModels() {
  const folder = join(root, WITHOUT, "package");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, "pkg", "dist"), folder, { recursive: true });
  for (const name of ["glue.js", "filmgate.wasm"]) cpSync(join(root, WITHOUT, name), join(folder, name));
  return folder;
}

/** What a program of this folder prints, run by the Node that runs this. */
async function program(name, ...args) {
  const path = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", path, ...args.map(String)]);
  return JSON.parse(stdout);
}
