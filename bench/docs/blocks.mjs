// What the documentation shows of bench/results/: each block is between `<!-- results: name -->` and `<!-- /results -->`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, root } from "../../scripts/lib/run.mjs";
import { jobsTable, listingsTable, problemsTable } from "../growth/page.mjs";
import { verdict } from "../lib/goals.mjs";
import { table } from "../lib/results.mjs";
import { AGAIN, ALL, ONE, RESPONSE, TWO } from "../speed/names.mjs";
import { pollsTable } from "../polling/page.mjs";
import { FIRST, IMPORT, READY, hasGoal, speedTable, versionsOf } from "../speed/table.mjs";
import { allFaults, someFaults } from "./faults.mjs";

/** The pages with blocks, relative to the repository. */
export const PAGES = ["README.md", "docs/compared.md", "docs/size.md"];

const BLOCK = /(<!-- results: (\w+) -->\n)[^]*?(<!-- \/results -->)/g;

/** The text of a page, with the blocks as the results are now. */
export function filled(text) {
  return text.replace(BLOCK, (_, open, name, close) => {
    if (!BLOCKS[name]) throw new Failure(`There is no block of results named ${name}.`);
    return `${open}${BLOCKS[name]()}\n${close}`;
  });
}

const resultsOf = (name) => JSON.parse(readFileSync(join(root, "bench", "results", `${name}.json`), "utf8"));
const speed = (columns, isShown, options) => () => speedTable(resultsOf("speed"), columns, { isShown, ...options });
const rows = (...names) => (what) => names.some((name) => what === name || what === `${name}, µs`);

const BLOCKS = {
  downloads: () => downloads(resultsOf("size")),
  sizes: () => sizes(resultsOf("size")),
  measured: () => measured(resultsOf("speed")),
  validations: speed(["filmgate", "valibot", "zod/mini", "zod", "ajv"], (what) => what.startsWith("validation, ")),
  first: speed(["filmgate", "valibot", "zod", "ajv", "@fal-ai/client", "replicate", "openai"], rows(IMPORT, FIRST)),
  own: speed(["filmgate"], rows("`validate`", "`quote`", ONE, TWO, AGAIN, ALL, READY)),
  polls: speed(["filmgate", "@fal-ai/client", "replicate", "openai"], rows(RESPONSE)),
  goals: speed(["filmgate", "baseline"], hasGoal, { goals: true }),
  faults: () => allFaults(resultsOf("faults")),
  someFaults: () => someFaults(resultsOf("faults")),
  polling: () => polling(resultsOf("polling")),
  listings: () => listingsTable(resultsOf("growth")),
  problems: () => problemsTable(resultsOf("growth")),
  jobs: () => jobsTable(resultsOf("growth")),
};

function measured(results) {
  const { date, baseline } = results;
  const versions = versionsOf(results).join(" · ");
  return `Measured in ${versions}, on ${date}${baseline ? `; the commit ${baseline} has 34 listings` : ""}.`;
}

/** The programs of the comparison, by their titles in the results. */
const DOWNLOADS = [
  "**filmgate**",
  "**filmgate/slim**, without its module",
  "filmgate's module, `filmgate.wasm`",
  "**filmgate/gateway**, a client of a gateway",
  "`@runware/sdk-js`",
  "`runpod-sdk`, with Node's `module` left out",
  "`ai` 7 with **filmgate/ai-sdk**",
  "`ai` 7 with RunPod's provider",
  "`ai` 6 with RunPod's provider",
  "`openai`",
  "`@fal-ai/client`",
  "`replicate`",
  "validation alone: `ajv`",
  "validation alone: `zod`",
  "validation alone: `valibot`",
];

function downloads({ measured }) {
  const weights = DOWNLOADS.map((title) => {
    const found = measured.find((one) => one.title === title);
    if (!found) throw new Failure(`bench/results/size.json has no ${title}: run \`npm run bench:size\`.`);
    return found;
  });
  return table(
    ["a program that submits and waits, kB", "minified", "gzip", "brotli"],
    weights.map(({ title, raw, gzip, brotli }) => [title, ...[raw, gzip, brotli].map(kB)]),
  );
}

/** The clients of the table about polling, by their names in the results. */
const POLLING = {
  "filmgate-runpod": "filmgate, RunPod",
  "filmgate-runpod-short": "… without long poll",
  "filmgate-runpod-progress": "… without long poll, with reported progress",
  "filmgate-runware": "filmgate, Runware",
  ai7: "`ai` 7 with RunPod's provider",
  "runpod-sdk": "`runpod-sdk`",
  "runware-sdk-js": "`@runware/sdk-js`",
  fal: "`@fal-ai/client`",
  openai: "`openai`",
};

function polling({ measured }) {
  const clients = Object.entries(POLLING).map(([name, title]) => ({ title, jobs: measured.find(({ client }) => client === name).jobs }));
  return pollsTable("requests · lateness", clients);
}

/** What is downloaded of filmgate, and the most it may be. */
const SIZES = [
  { name: "module", title: "`filmgate.wasm`", goal: { brotli: 92_000 } },
  { name: "filmgate", title: "`filmgate` in a bundle", goal: { gzip: 125_000 } },
  { name: "filmgate-slim", title: "`filmgate/slim` in a bundle, without the module", goal: { gzip: 18_000 } },
  { name: "filmgate-gateway", title: "`filmgate/gateway` in a bundle", goal: { gzip: 18_000 } },
];

function sizes({ own: { weights } }) {
  return table(
    ["bytes", "minified", "gzip", "brotli", "goal", ""],
    SIZES.map(({ name, title, goal }) => {
      const [[how, most]] = Object.entries(goal);
      const { raw, gzip, brotli } = weights[name];
      return [title, raw, gzip, brotli, `${most}, ${how}`, verdict([most], [weights[name][how]], ["all"])];
    }),
  );
}

const kB = (bytes) => (bytes / 1000).toFixed(1);
