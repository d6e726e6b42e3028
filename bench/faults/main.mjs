// The same faults for every client. `npm run bench:faults`; with names of clients or faults after
// `--`, only these, and nothing is written.
import { atOnce } from "../lib/at-once.mjs";
import { clients } from "../lib/clients.mjs";
import { write } from "../lib/results.mjs";
import { setUp, setUpRuntimes } from "../lib/set-up.mjs";
import { main } from "../../scripts/lib/run.mjs";
import { note, seconds, step } from "../../scripts/lib/log.mjs";
import { faults } from "./faults.mjs";
import { measure } from "./measure.mjs";
import { page } from "./page.mjs";
import { verdict } from "./verdict.mjs";

const MAX_CONCURRENCY = 16;
// The longest cases start first: a running job costs next to nothing.
const SLOW = ["runware-sdk-js", "runpod-sdk"];

/** Whether the client's API has the fault. */
const has = ({ fake }, { fakes = [fake] }) => fakes.includes(fake);

await main(async () => {
  await setUp();
  const names = process.argv.slice(2);
  const named = (all) => {
    const some = all.filter(({ name }) => names.includes(name));
    return some.length > 0 ? some : all;
  };
  const rows = named(clients.filter(({ pollingOnly }) => !pollingOnly));
  const columns = named(faults);
  if (columns.some(({ runtime }) => runtime)) await setUpRuntimes();
  const cases = rows.flatMap((client) => columns.map((fault) => ({ client, fault })));
  cases.sort((a, b) => SLOW.includes(b.client.name) - SLOW.includes(a.client.name));

  step(`Striking ${cases.length} times`, "about 5 minutes");
  const since = performance.now();
  const measured = await atOnce(MAX_CONCURRENCY, cases, async ({ client, fault }) => {
    if (!has(client, fault)) return { client: client.name, fault: fault.name, verdict: "–" };
    const facts = await measure(client, fault);
    note(`${client.name}, ${fault.name}: ${verdict(facts)} after ${facts.ms} ms`);
    return { client: client.name, fault: fault.name, verdict: verdict(facts), ...facts };
  });
  note(`in ${seconds(since)}`);

  const text = page(rows, columns, measured);
  console.log(`\n${text}`);
  if (names.length > 0) return;
  write("faults", {
    command: "npm run bench:faults",
    title: "The same faults for every client",
    text,
    clients: rows,
    raw: { cases: measured },
  });
});
