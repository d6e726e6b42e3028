// Runs all tests, stage by stage, with a summary at the end. `npm test -- page` runs one stage.
import { inspect } from "node:util";
import { build, buildServer } from "./build.mjs";
import { Failure, execute, main } from "./lib/run.mjs";
import { readRun } from "./lib/test-output.mjs";
import { seconds, step } from "./lib/log.mjs";
import { stages } from "./lib/stages.mjs";
import { setUpTests } from "./setup.mjs";

await main(async () => {
  const wanted = chosenStages(process.argv.slice(2));
  step("Checking what is missing", "seconds; minutes on a new machine");
  const tools = await setUpTests();
  const built = once(async () => {
    await build(tools);
    return buildServer();
  });
  const results = [];
  for (const stage of wanted) results.push(await runStage(stage, { ...tools, built }));
  summarise(results);
});

function chosenStages(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = stages.map(({ name, what }) => `  ${name.padEnd(14)} ${what}`).join("\n");
    throw new Failure(`Unknown stage: ${unknown.join(", ")}. Use one of:\n${known}`);
  }
  return names.length > 0 ? stages.filter(({ name }) => names.includes(name)) : stages;
}

/** The first call does the work; later calls return the same result or failure. */
function once(work) {
  let result;
  return () => (result ??= work());
}

/** Runs a stage; returns the numbers of passed and failed tests, and the duration. */
async function runStage({ name, what, run }, tools) {
  console.log("");
  step(`${name}: ${what}`);
  const since = performance.now();
  const count = { passed: 0, failed: 0, failures: "" };
  try {
    await run({ ...tools, run: runner(count), fail });
  } catch (error) {
    // A stage without tests, or one that crashed, counts as one.
    if (count.failed === 0) count.failed = 1;
    const words = error instanceof Failure ? error.message : inspect(error);
    count.failures ||= words;
    console.error(`\n${name}: ${words}`);
  }
  if (count.passed + count.failed === 0) count.passed = 1;
  return { name, ...count, took: seconds(since) };
}

function fail(message) {
  throw new Failure(message);
}

function runner(count) {
  return async (command, args, env = {}, kind = undefined) => {
    const colours = process.stdout.isTTY ? { CARGO_TERM_COLOR: "always", FORCE_COLOR: "1" } : {};
    let printed = "";
    const onText = (text) => (printed += text);
    const code = await execute(command, args, { env: { ...colours, ...env }, onText });
    if (kind) {
      const { passed, failed, failures } = readRun(kind, printed);
      count.passed += passed;
      count.failed += failed;
      count.failures += failures;
      if (code === 0 && count.passed === 0) fail("its test runner found no test");
    }
    if (code !== 0) {
      count.failures ||= printed.split("\n").slice(-40).join("\n");
      fail(`\`${[command, ...args].join(" ")}\` ended with ${code}`);
    }
  };
}

/** Prints the failures last, so that the end of a truncated log contains them. */
function summarise(results) {
  console.log("");
  for (const { name, passed, failed, took } of results) {
    const mark = failed > 0 ? "✗" : "✓";
    console.log(
      `${mark} ${name.padEnd(14)} ${String(passed).padStart(5)} passed ${failed} failed  ${took}`,
    );
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  for (const { name, failed, failures } of results) {
    if (failed > 0) console.log(`\n✗ ${name}\n${failures}`);
  }
  if (sum("failed") > 0) process.exitCode = 1;
}
