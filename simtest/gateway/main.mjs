// `npm run chaos:gateway`: a thousand jobs at once, faults at the providers, workerd killed in the middle.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setUp } from "../../bench/lib/set-up.mjs";
import { formatJson } from "../../scripts/lib/json.mjs";
import { Failure, main, root } from "../../scripts/lib/run.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { judge } from "./checker.mjs";
import { told } from "./report.mjs";

const SETTINGS = { jobs: "1000", kills: "2", faults: "300", tokens: "8", seed: "1" };
const RESULTS = join(root, "bench", "results", "gateway-faults");

await main(async () => {
  const { values } = parseArgs({
    options: Object.fromEntries(
      Object.entries(SETTINGS).map(([name, usual]) => [name, { type: "string", default: usual }]),
    ),
  });
  const settings = Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, whole(name, text)]),
  );
  await setUp();
  // Only now: it needs what was installed and built.
  const { run } = await import("./run.mjs");
  const { jobs, kills, faults: perMille, tokens, seed } = settings;
  step(`${jobs} jobs at once, ${perMille / 10} % faults, workerd killed ${kills} times, seed ${seed}`);
  const faults = { rules: [], random: { perMille, seed } };
  const evidence = await run({ jobs, kills, tokens, faults, say: note });
  const { figures, broken } = judge(evidence);
  const text = told(figures, evidence, settings);
  console.log(`\n${text}`);
  const isUsual = Object.entries(SETTINGS).every(([name, usual]) => values[name] === usual);
  if (isUsual) writeResults(text, figures, broken);
  for (const rule of broken) note(logOf(rule, evidence.logs));
  if (broken.length > 0) throw new Failure(`${broken.length} rules are broken:\n${broken.join("\n")}`);
  note("No rule is broken.");
});

/** What the gateway logged of the job that a broken rule names. */
function logOf(rule, logs) {
  const job = /[0-9a-f]{64}/.exec(rule)?.[0];
  return job ? logs.split("\n").filter((line) => line.includes(job)).join("\n") : "";
}

function whole(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Failure(`--${name} ${text}: a whole number is wanted`);
}

function writeResults(text, figures, broken) {
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const where = `${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  const head = `# The gateway through faults and kills\n\nWritten by \`npm run chaos:gateway\` on ${date}: ${where}.\n`;
  writeFileSync(`${RESULTS}.md`, `${head}\n${text}\n`);
  writeFileSync(`${RESULTS}.json`, formatJson({ date, figures, broken }));
}
