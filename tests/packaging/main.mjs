// Every consumer of the packed package: `npm run test:packaging`, which writes docs/runtimes.md. With words
// behind `--` only the lines that have one of them, and nothing is written.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, buildServer } from "../../scripts/build.mjs";
import { Failure, main, root } from "../../scripts/lib/run.mjs";
import { note, seconds, step } from "../../scripts/lib/log.mjs";
import { browser, npmPackages } from "../../scripts/lib/tools.mjs";
import { setUpBuild } from "../../scripts/setup.mjs";

const PAGE = "docs/runtimes.md";
// What a stop from outside leaves behind is cleaned as at any other end.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

await main(async () => {
  const tools = await setUpBuild();
  await npmPackages("tests/packaging/runtimes");
  process.env.CHROMIUM = (await browser()).chromium;
  await build(tools);
  process.env.FILMGATE_SIM = await buildServer();
  await run(process.argv.slice(2));
});

async function run(words) {
  // These look at the machine as they load, so they come after its setup.
  const { consumers } = await import("./lib/consumers.mjs");
  const { resends } = await import("./lib/resends.mjs");
  const { compilers } = await import("./lib/compilers.mjs");
  const { expectRuntimes } = await import("./lib/runtimes.mjs");
  const { output } = await import("./lib/programs.mjs");
  const { page } = await import("./lib/page.mjs");
  const { tarball } = await import("./lib/project.mjs");
  expectRuntimes();

  step("Generating from the tarball", "about 3 minutes");
  const chosen = (title) => words.length === 0 || words.some((word) => title.includes(word));
  const rows = [];
  for (const consumer of consumers) {
    const runtime = await consumer.runtime();
    if (chosen(`${runtime}: ${consumer.style}`)) rows.push(await generate(runtime, consumer));
  }
  const once = [];
  for (const consumer of resends) {
    const runtime = await consumer.runtime();
    if (chosen(`${runtime}: one submit`)) once.push(await submitOnce(runtime, consumer));
  }
  const types = [];
  for (const compiler of compilers) {
    if (chosen(`TypeScript ${compiler.version}`)) types.push(await compile(compiler));
  }
  const all = [...rows, ...once, ...types];
  if (all.length === 0) throw new Failure(`No line has ${words.join(" or ")}`);
  if (all.some(({ ok }) => !ok)) process.exitCode = 1;
  if (words.length > 0) return;
  const date = new Date().toISOString().slice(0, 10);
  const version = await output(process.env.CHROMIUM, ["--version"]);
  const chromium = version.match(/\w+ [\d.]+/)[0];
  const text = page({ date, chromium, tarball: await tarball(), rows, once, types });
  writeFileSync(join(root, PAGE), text);
  console.log(`\n${text}`);
}

async function generate(runtime, { style, ...consumer }) {
  const { prove } = await import("./lib/prove.mjs");
  const outcome = await attempt(`${runtime}: ${style}`, () => untilDone(prove, consumer));
  return { runtime, style, ...outcome };
}

async function submitOnce(runtime, { connection, refuses, ...consumer }) {
  const { proveOnce } = await import("./lib/prove-once.mjs");
  const work = () => untilDone(proveOnce, { ...consumer, refuses });
  return { runtime, connection, refuses, ...(await attempt(`${runtime}: one submit, ${connection}`, work)) };
}

/** Runs a proof as a test would, and ends what it started. */
async function untilDone(proof, consumer) {
  const endings = [];
  const t = { after: (end) => endings.unshift(end) };
  try {
    return await proof(consumer, t);
  } finally {
    for (const end of endings) await end();
  }
}

async function compile({ version, resolution, libraries, compile }) {
  const outcome = await attempt(`TypeScript ${version}, ${resolution}: ${libraries}`, compile);
  return { version, resolution, libraries, ...outcome };
}

/** Runs it and logs the result; a failure is a row of the table, not the end. */
async function attempt(title, work) {
  const since = performance.now();
  try {
    const shipped = await work();
    note(`✓ ${title}, ${seconds(since)}`);
    return { ok: true, shipped };
  } catch (error) {
    console.error(`✗ ${title}\n${error.stack}`);
    return { ok: false };
  }
}
