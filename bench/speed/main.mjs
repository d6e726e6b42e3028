// The speed of filmgate and of the published clients and validators, in Node and in Chromium.
// `npm run bench:speed`
import { main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/log.mjs";
import { browser } from "../../scripts/lib/tools.mjs";
import { buildWithoutModels } from "../../scripts/lib/without-models.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { openChromium } from "./chromium.mjs";
import { clients } from "./first.mjs";
import { firstInNode, growthInNode, loopsInNode } from "./node.mjs";
import { page } from "./page.mjs";

const TIMES = 15;
const PACKAGES = ["filmgate", "valibot", "zod", "ajv", "@fal-ai/client", "replicate", "openai"];

await main(async () => {
  await buildWithoutModels(await setUp());
  const { chromium: program } = await browser();
  const chromium = await openChromium(program);
  const measured = await measure(chromium).finally(chromium.close);
  const text = page(measured, { times: TIMES, chromium: chromium.version });
  console.log(`\n${text}`);
  write("speed", {
    command: "npm run bench:speed",
    title: "How long a call takes",
    text,
    node: process.version,
    clients: [{ packages: PACKAGES }],
    raw: { ...measured, chromiumVersion: chromium.version },
  });
});

async function measure(chromium) {
  step("First calls, each in a new process or profile", "a minute");
  const first = {};
  for (const name of Object.keys(clients)) {
    const [node, page] = [firstInNode(name, TIMES), await chromium.first(name, TIMES)];
    first[name] = { node, chromium: page };
  }
  step("Calls again and again", "a minute");
  return { first, node: loopsInNode(), chromium: await chromium.loops(), growth: growthInNode() };
}
