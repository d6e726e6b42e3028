// Runs all tests, stage by stage, with a summary at the end. `npm test -- page` runs one stage, `npm test --
// --changed` those that the changes since main touch, `--changed <commit>` those since a commit.
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { inspect, parseArgs } from "node:util";
import { build, buildServer } from "./build.mjs";
import { changedFiles, stagesOf } from "./lib/changed.mjs";
import { Failure, execute, main, root } from "./lib/run.mjs";
import { readRun, slowest } from "./lib/test-output.mjs";
import { note, seconds, step } from "./lib/log.mjs";
import { runStage, stages } from "./lib/stages.mjs";
import { setUpTests } from "./setup.mjs";

const LOGS = join(root, "target", "test");
const SLOWEST = 15;

await main(async () => {
  const wanted = chosenStages(process.argv.slice(2));
  const since = performance.now();
  step("Checking what is missing", "seconds; minutes on a new machine");
  const tools = await setUpTests();
  const built = once(async () => {
    await build(tools);
    return buildServer();
  });
  rmSync(LOGS, { recursive: true, force: true });
  mkdirSync(LOGS, { recursive: true });
  note(`The output of each stage: ${relative(root, LOGS)}/`);
  // Rust keeps the cores busy, so its stages run one after another, in the background: then no test of the others waits
  // for it. JavaScript mostly waits for simulated jobs and processes, so two of its stages run at once.
  const queue = (isRust) => wanted.filter((stage) => Boolean(stage.isRust) === isRust).values();
  const [rust, others] = [queue(true), queue(false)];
  const lanes = [rust, others, others].map((stages) => runAll(stages, { ...tools, built }));
  summarize((await Promise.all(lanes)).flat(), since);
});

function chosenStages(args) {
  const options = { changed: { type: "boolean" } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.changed) {
    const touched = stagesOf(stages, changedFiles(...positionals));
    note(touched.length > 0 ? `Changed: ${touched.map(({ name }) => name).join(", ")}` : "Nothing has changed.");
    return touched;
  }
  const unknown = positionals.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = stages.map(({ name, what }) => `  ${name.padEnd(14)} ${what}`).join("\n");
    throw new Failure(`Unknown stage: ${unknown.join(", ")}. Use one of:\n${known}`);
  }
  return positionals.length > 0 ? stages.filter(({ name }) => positionals.includes(name)) : stages;
}

/** The first call does the work; later calls return the same result or failure. */
function once(work) {
  let result;
  return () => (result ??= work());
}

/** Runs the stages that nothing else takes from the same iterator. */
async function runAll(stages, tools) {
  const results = [];
  for (const stage of stages) results.push(await counted(stage, tools));
  return results;
}

/** Runs a stage; returns the numbers of passed and failed tests, and the duration. */
async function counted(stage, tools) {
  const { name, what, isRust = false } = stage;
  step(`${name}: ${what}`);
  const since = performance.now();
  const log = createWriteStream(join(LOGS, `${name}.log`));
  const count = { passed: 0, failed: 0, failures: "", tests: [] };
  try {
    await runStage(stage, { ...tools, run: runner(count, log, isRust), fail });
  } catch (error) {
    // A stage without tests, or one that crashed, counts as one.
    if (count.failed === 0) count.failed = 1;
    const words = error instanceof Failure ? error.message : inspect(error);
    count.failures ||= words;
    log.write(`\n${words}\n`);
  }
  log.end();
  if (count.passed + count.failed === 0) count.passed = 1;
  const result = { name, ...count, took: seconds(since) };
  console.log(line(result));
  return result;
}

function fail(message) {
  throw new Failure(message);
}

function runner(count, log, isBackground) {
  return async (command, args, env = {}, kind = undefined) => {
    let printed = "";
    const onText = (text) => {
      printed += text;
      log.write(text);
    };
    const code = await execute(command, args, { env, onText, isShown: false, isBackground });
    if (kind) {
      const { passed, failed, failures } = readRun(kind, printed);
      count.passed += passed;
      count.failed += failed;
      count.failures += failures;
      if (kind === "node") count.tests.push(...slowest(printed, SLOWEST));
      if (code === 0 && count.passed === 0) fail("its test runner found no test");
    }
    if (code !== 0) {
      count.failures ||= printed.split("\n").slice(-40).join("\n");
      fail(`\`${[command, ...args].join(" ")}\` ended with ${code}`);
    }
  };
}

function line({ name, passed, failed, took }) {
  const mark = failed > 0 ? "✗" : "✓";
  return `${mark} ${name.padEnd(14)} ${String(passed).padStart(5)} passed ${failed} failed  ${took}`;
}

/** Prints the failures last, so that the end of a truncated log contains them. */
function summarize(results, since) {
  const slow = results.flatMap(({ name, tests }) => tests.map((test) => ({ name, ...test })));
  if (slow.length > 0) console.log("\nThe slowest tests:");
  for (const { name, test, ms } of slow.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST)) {
    console.log(`${(ms / 1000).toFixed(1).padStart(8)} s  ${name}: ${test}`);
  }
  console.log("");
  for (const result of results) console.log(line(result));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${seconds(since)}`);
  for (const { name, failed, failures } of results) {
    if (failed > 0) console.log(`\n✗ ${name}\n${failures}`);
  }
  if (sum("failed") > 0) process.exitCode = 1;
}
