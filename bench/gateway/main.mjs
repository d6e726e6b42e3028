// Performance of the gateway, compared to a Worker that only forwards: `npm run bench:gateway`. With `-- --baseline COMMIT`
// an older gateway runs beside both; its first build takes some minutes.
import { parseArgs } from "node:util";
import { main } from "../../scripts/lib/run.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { page } from "./page.mjs";

const PACKAGES = ["filmgate", "hono", "valibot", "autocannon"];

await main(async () => {
  const { values: options } = parseArgs({ options: { baseline: { type: "string" } } });
  await setUp();
  // Imported late: these need packages that the set-up has installed.
  const { measure } = await import("./measure.mjs");
  const { startup, upload } = await import("./weights.mjs");
  const { costs } = await import("./costs.mjs");
  const { startGatewayOf } = await import("./baseline.mjs");
  const { baseline } = options;
  const startBaseline = baseline && (await startGatewayOf(baseline));
  step("Requests over 50 connections", baseline ? "6 minutes" : "4 minutes");
  const calls = await measure(note, startBaseline);
  step("Upload size and startup", "half a minute");
  const weights = { upload: await upload(), startupMs: startup() };
  step("Billed resources per video", "a minute and a half");
  const measured = { calls, ...(baseline && { baseline }), ...weights, costs: await costs() };
  const text = page(measured);
  console.log(`\n${text}`);
  write("gateway", {
    command: "npm run bench:gateway",
    title: "The gateway compared to a Worker that only forwards",
    text,
    node: process.version,
    clients: [{ packages: PACKAGES }],
    raw: measured,
  });
});
