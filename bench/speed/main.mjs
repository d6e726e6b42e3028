// The speed of filmgate and of the published clients and validators, in two versions of Node and in Chromium:
// `npm run bench:speed`. With `-- --baseline 42df108` filmgate at that commit is measured beside them; its first build takes
// some minutes. With `-- --quick` everything runs a few times only, and nothing is written.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure, main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/log.mjs";
import { browser } from "../../scripts/lib/tools.mjs";
import { buildBaseline } from "../lib/baseline.mjs";
import { median } from "../lib/median.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { peers } from "./first.mjs";
import { mediansOf, page } from "./page.mjs";
import { writePrograms } from "./programs.mjs";

const COUNTS = { times: 15, rounds: 3, passes: 5 };
const QUICK = { times: 1, rounds: 1, passes: 1 };
const PACKAGES = ["filmgate", "valibot", "zod", "ajv", "@fal-ai/client", "replicate", "openai"];

await main(async () => {
  const { values } = parseArgs({ options: { baseline: { type: "string" }, quick: { type: "boolean" } } });
  const { baseline, quick } = values;
  await setUp();
  const { chromium: program } = await browser();
  const older = baseline && (await older42df108(baseline));
  // Imported late: these need packages that the set-up has installed.
  const { nodeRuntimes } = await import("./node.mjs");
  const { openChromium } = await import("./chromium.mjs");
  const { bytesOf } = await import("./bytes.mjs");
  const programs = writePrograms(older);
  const chromium = await openChromium(programs, program);
  const runtimes = [...nodeRuntimes(programs), chromium];
  const counts = quick ? QUICK : COUNTS;
  const measured = await measure(runtimes, counts, Boolean(baseline)).finally(chromium.close);
  const bytes = await bytesOf(older);
  const about = { baseline, runtimes: runtimes.map(({ name, version }) => ({ name, version })), counts };
  const results = { ...about, ...measured, bytes };
  const text = page(results);
  console.log(`\n${text}`);
  if (quick) return;
  write("speed", {
    command: `npm run bench:speed${baseline ? ` -- --baseline ${baseline}` : ""}`,
    title: "How long a call takes",
    text,
    node: process.version,
    clients: [{ packages: PACKAGES }],
    raw: results,
  });
});

async function older42df108(commit) {
  const folder = await buildBaseline(commit);
  if (existsSync(join(folder, "pkg", "dist", "core.js"))) return folder;
  throw new Failure(`--baseline ${commit}: only commits with the API of 42df108 can be compared`);
}

async function measure(runtimes, { times, rounds, passes }, hasBaseline) {
  const clients = ["filmgate", "ready", ...Object.keys(peers), ...(hasBaseline ? ["baseline"] : [])];
  step("First calls, each in a new process or profile", "3 minutes");
  const samples = {};
  for (let at = 0; at < times; at += 1) {
    for (const { name, first } of runtimes) {
      for (const client of clients) (((samples[name] ??= {})[client] ??= [])).push(await first(client));
    }
  }
  step("Calls again and again", "4 minutes");
  const seen = {};
  for (let at = 0; at < rounds; at += 1) {
    for (const { name, loops } of runtimes) (seen[name] ??= []).push(await loops({ passes }));
  }
  const perRuntime = (map) => Object.fromEntries(runtimes.map(({ name }) => [name, map(name)]));
  return {
    first: perRuntime((name) =>
      Object.fromEntries(Object.entries(samples[name]).map(([client, list]) => [client, median(list)])),
    ),
    calls: perRuntime((name) => mediansOf(seen[name])),
  };
}
