// How quick the gateway is beside a Worker that only forwards. `npm run bench:gateway`
import { main } from "../../scripts/lib/run.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { page } from "./page.mjs";

const PACKAGES = ["filmgate", "hono", "valibot", "autocannon"];

await main(async () => {
  await setUp();
  // Only now: these need packages that the set-up has installed.
  const { measure } = await import("./measure.mjs");
  const { startup, upload } = await import("./weights.mjs");
  const { costs } = await import("./costs.mjs");
  step("Calls, 50 at once", "4 minutes");
  const calls = await measure(note);
  step("What is uploaded, and how it starts", "half a minute");
  const weights = { upload: await upload(), startupMs: startup() };
  step("What a video takes of what is billed", "a minute and a half");
  const measured = { calls, ...weights, costs: await costs() };
  const text = page(measured);
  console.log(`\n${text}`);
  write("gateway", {
    command: "npm run bench:gateway",
    title: "The gateway beside a Worker that only forwards",
    text,
    node: process.version,
    clients: [{ packages: PACKAGES }],
    raw: measured,
  });
});
