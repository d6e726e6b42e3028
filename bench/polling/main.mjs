// The same jobs for every client, in real time. `npm run bench:polling`; with names of clients after
// `--`, only these, and nothing is written.
import { clients } from "../lib/clients.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/log.mjs";
import { jobs } from "./jobs.mjs";
import { measure } from "./measure.mjs";
import { page } from "./page.mjs";

await main(async () => {
  await setUp();
  const names = process.argv.slice(2);
  const some = clients.filter(({ name }) => names.includes(name));
  const rows = some.length > 0 ? some : clients.filter(({ faultsOnly }) => !faultsOnly);

  step(`${rows.length} clients wait for ${jobs.length} jobs each`, "4 to 5 minutes");
  const measured = await Promise.all(rows.map(measure));
  const text = page(rows, measured);
  console.log(`\n${text}`);
  if (some.length > 0) return;
  write("polling", {
    command: "npm run bench:polling",
    title: "How often each client polls, and how late it sees the end",
    text,
    clients: rows,
    raw: { measured: rows.map(({ name }, at) => ({ client: name, jobs: measured[at] })) },
  });
});
