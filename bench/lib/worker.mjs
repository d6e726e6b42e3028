// Runs one client on some jobs in its own process and reports each end when it comes. Values that a
// client passes to its callbacks are written down at once, as a careful caller would.
import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { facts } from "./facts.mjs";

const IDLE_MS = 500;

process.once("message", async ({ code: { file, name }, task, jobs }) => {
  const { [name]: client } = await import(`../clients/${file}`);
  await Promise.all(jobs.map((job) => run(client[task], job)));
  // A cancel that a client sends after it has given up still has to leave.
  setTimeout(() => process.exit(0), 1_000);
});

async function run(work, job) {
  const keep = (value) => appendFileSync(job.kept, `${JSON.stringify(value)}\n`);
  const tell = (end) =>
    new Promise((resolve) => process.send({ job: job.name, at: Date.now(), ...end }, resolve));
  try {
    if (job.warm) await warmUp(work, job);
    const video = await work({ ...job, keep, kept: linesOf(job.kept) });
    await tell({ video });
  } catch (error) {
    keep({ error: facts(error) });
    await tell({ error: facts(error) });
  }
}

/** Runs another job first. Its last connection is free a moment after its end. */
async function warmUp(work, job) {
  await work({ ...job, folder: `${job.folder}-first`, keep() {}, kept: [] });
  await sleep(IDLE_MS);
}

function linesOf(path) {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}
