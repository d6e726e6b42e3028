// Fuzzes every parser of external input, and prints the number of executions.
// `npm run fuzz -- [target …] [seconds]`; `npm run fuzz -- [target …] cmin` minimizes what was found, in fuzz/corpus.
import { buildFuzz, minimizeCorpus, runFuzz, targets } from "./lib/fuzz.mjs";
import { Failure, main } from "./lib/run.mjs";
import { note, seconds as took, step } from "./lib/log.mjs";

const TEN_MINUTES_S = 600;

await main(async () => {
  const { chosen, seconds, cmin } = parseArguments(process.argv.slice(2));
  const built = await buildFuzz();
  if (cmin) {
    for (const target of chosen) {
      const { before, after } = await minimizeCorpus(built, target);
      note(`${target}: ${after} of ${before} inputs reach as much`);
    }
    return;
  }
  const results = [];
  for (const target of chosen) {
    step(target, `${seconds} s`);
    const since = performance.now();
    results.push({ ...(await runFuzz(built, target, { seconds })), took: took(since) });
  }
  print(results);
  if (results.some(({ failed }) => failed)) process.exitCode = 1;
});

function parseArguments(words) {
  const named = words.filter((word) => targets.includes(word));
  const numbers = words.map(Number).filter((number) => Number.isInteger(number) && number > 0);
  const cmin = words.includes("cmin");
  if (named.length + numbers.length + Number(cmin) < words.length || numbers.length > 1) {
    throw new Failure(`Usage: npm run fuzz -- [${targets.join(" | ")}] [seconds], or cmin`);
  }
  const chosen = named.length > 0 ? named : targets;
  return { chosen, seconds: numbers[0] ?? TEN_MINUTES_S, cmin };
}

function print(results) {
  const number = (value) => value.toLocaleString("en");
  const rows = results.map(({ target, took, executions, perSecond, megabytes, failed }) => [
    target,
    took,
    number(executions),
    number(perSecond),
    `${megabytes} MB`,
    failed ? "a finding, see above" : "none",
  ]);
  const head = ["target", "time", "executions", "a second", "memory", "findings"];
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  console.log("");
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, at) =>
      at === 0 || at === 5 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]),
    );
    console.log(cells.join("  ").trimEnd());
  }
}
