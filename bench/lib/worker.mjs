// Runs one client on some jobs, in a process of its own, and tells each end as it comes. What a
// client gives its caller on the way is written down at once, as a careful caller would.
import { appendFileSync, readFileSync } from "node:fs";
import { facts } from "./facts.mjs";

process.once("message", async ({ code: { file, name }, task, jobs }) => {
  const { [name]: client } = await import(`../clients/${file}`);
  await Promise.all(jobs.map((job) => run(client[task], job)));
  // A cancel that a client sends after it has given up is still to leave.
  setTimeout(() => process.exit(0), 1_000);
});

async function run(work, job) {
  const keep = (value) => appendFileSync(job.kept, `${JSON.stringify(value)}\n`);
  const tell = (end) =>
    new Promise((resolve) => process.send({ job: job.name, at: Date.now(), ...end }, resolve));
  try {
    const film = await work({ ...job, keep, kept: linesOf(job.kept) });
    await tell({ film });
  } catch (error) {
    keep({ error: facts(error) });
    await tell({ error: facts(error) });
  }
}

function linesOf(path) {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}
