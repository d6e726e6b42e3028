// The same jobs for every client, in real time. `npm run bench:polling`; with names of clients
// behind `--` only these, and nothing is written.
import { clients } from "../lib/clients.mjs";
import { table, write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/say.mjs";
import { ALONE, JITTERED } from "./jobs.mjs";
import { measure } from "./measure.mjs";

await main(async () => {
  await setUp();
  const names = process.argv.slice(2);
  const some = clients.filter(({ name }) => names.includes(name));
  const rows = some.length > 0 ? some : clients;

  step(`${rows.length} clients wait for ${ALONE.length + JITTERED.length} jobs each`, "4 minutes");
  const measured = await Promise.all(
    rows.map(async (client) => ({ client: client.name, jobs: await measure(client) })),
  );

  const text = [tableOf(rows, measured), KEY].join("\n\n");
  console.log(`\n${text}`);
  if (some.length > 0) return;
  write("polling", {
    command: "npm run bench:polling",
    title: "How often each client asks, and how late it hears",
    text,
    clients: rows,
    raw: { measured },
  });
});

const KEY = [
  "Requests until the caller was told, with submit and result, without the film's download; then",
  "the time from the job's end until then. The last column has means over the jobs of",
  `${JITTERED.join(", ")} s. Each job has a client object of its own, with its defaults.`,
].join("\n");

function tableOf(rows, measured) {
  const lines = rows.map((client, at) => {
    const { jobs } = measured[at];
    const alone = jobs.slice(0, ALONE.length).map(cell);
    return [client.title, ...alone, cell(mean(jobs.slice(ALONE.length)))];
  });
  return table(["client", ...ALONE.map((s) => `${s} s`), "about 60 s"], lines);
}

function cell({ requests, delivered, lateMs }) {
  return `${tidy(requests)} · ${delivered ? `${(lateMs / 1000).toFixed(2)} s` : "not delivered"}`;
}

const tidy = (requests) => (Number.isInteger(requests) ? requests : requests.toFixed(1));

function mean(jobs) {
  const over = (key) => jobs.reduce((sum, job) => sum + job[key], 0) / jobs.length;
  const delivered = jobs.every((job) => job.delivered);
  return { requests: over("requests"), delivered, lateMs: over("lateMs") };
}
