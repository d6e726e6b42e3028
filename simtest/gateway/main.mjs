// `npm run chaos:gateway`: a thousand concurrent jobs, faults at the providers, workerd killed meanwhile; with
// `--outage 120` each provider is also away for that many seconds.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setUp } from "../../bench/lib/set-up.mjs";
import { formatJson } from "../../scripts/lib/json.mjs";
import { Failure, main, root } from "../../scripts/lib/run.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { check } from "./checker.mjs";
import { reportOf } from "./report.mjs";

const DEFAULTS = { jobs: "1000", kills: "2", "fault-rate": "0.3", keys: "8", seed: "1", outage: "0" };
/** Settings whose results are written. */
const WRITTEN = { 0: "gateway-faults", 120: "gateway-outage" };
const RESULTS = join(root, "bench", "results");

await main(async () => {
  const { values } = parseArgs({
    options: Object.fromEntries(
      Object.entries(DEFAULTS).map(([name, initial]) => [name, { type: "string", default: initial }]),
    ),
  });
  const settings = Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, numberOf(name, text)]),
  );
  await setUp();
  // Imported late: it needs what was installed and built.
  const { run } = await import("./run.mjs");
  const { jobs, kills, "fault-rate": faultRate, keys, seed, outage } = settings;
  const perMille = Math.round(faultRate * 1000);
  const away = outage > 0 ? `, each provider away for ${outage} s` : "";
  step(`${jobs} concurrent jobs, ${perMille / 10} % faults, workerd killed ${kills} times${away}, seed ${seed}`);
  const faults = { rules: [], random: { perMille, seed } };
  const evidence = await run({ jobs, kills, keys, faults, outageMs: outage * 1000, log: note });
  const { figures, violations } = check(evidence);
  const text = reportOf(figures, evidence, { jobs, kills, faultRate, keys, seed, outage });
  console.log(`\n${text}`);
  const isDefault = Object.entries(DEFAULTS).every(([name, initial]) => name === "outage" || values[name] === initial);
  if (isDefault && WRITTEN[outage]) writeResults(WRITTEN[outage], text, figures, violations);
  for (const violation of violations) note(logOf(violation, evidence.logs));
  if (violations.length > 0) throw new Failure(`${violations.length} invariants are violated:\n${violations.join("\n")}`);
  note("No invariant is violated.");
});

/** The gateway's log of the job that a violation names. */
function logOf(violation, logs) {
  const job = /[0-9a-f]{64}/.exec(violation)?.[0];
  return job ? logs.split("\n").filter((line) => line.includes(job)).join("\n") : "";
}

function numberOf(name, text) {
  const number = Number(text);
  if (name === "fault-rate" && number >= 0 && number <= 1) return number;
  if (name !== "fault-rate" && Number.isInteger(number) && number >= 0) return number;
  const expected = name === "fault-rate" ? "a number from 0 to 1" : "an integer";
  throw new Failure(`--${name} ${text}: expected ${expected}`);
}

function writeResults(name, text, figures, violations) {
  mkdirSync(RESULTS, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const where = `${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  const head = `# The gateway through faults and kills\n\nWritten by \`npm run chaos:gateway${name === WRITTEN[0] ? "" : " -- --outage 120"}\` on ${date}: ${where}.\n`;
  const path = join(RESULTS, name);
  writeFileSync(`${path}.md`, `${head}\n${text}\n`);
  writeFileSync(`${path}.json`, formatJson({ date, figures, violations }));
}
