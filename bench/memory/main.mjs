// `npm run bench:memory`: the memory of the gateway's isolate under 200 hostile connections and 16 uploads of 6 MB at once.
// Cloudflare gives an isolate 128 MB. Here the whole process is measured, without R2: locally
// that is in the same process, and keeps copies of what it stores.
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { Failure, main } from "../../scripts/lib/run.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { table, write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { measure } from "./load.mjs";

/** What the bodies may add to the process. */
const MAX_GROWTH_MB = 100;
const LOAD = { connections: 200, uploads: 16, imageBytes: 6_000_000 };
/** Each with a new process. */
const ROUNDS = 3;

await main(async () => {
  if (!process.env.FILMGATE_SIM) await setUp();
  const rounds = [];
  while (rounds.length < ROUNDS) rounds.push(await round());
  const text = page(rounds);
  console.log(`\n${text}`);
  write("memory", {
    command: "npm run bench:memory",
    title: "The gateway's memory under hostile bodies",
    text,
    clients: [{ packages: ["filmgate", "workerd"] }],
    raw: { maxGrowthMb: MAX_GROWTH_MB, load: LOAD, rounds },
  });
  const missed = rounds.filter((one) => !isWithin(one));
  if (missed.length === 0) return;
  const statuses = missed.map((one) => one.statuses.join(" ")).join(", ");
  throw new Failure(`At most +${MAX_GROWTH_MB} MB, and every upload accepted, is required: ${statuses}`);
});

async function round() {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
  try {
    const limits = { CREATE_LIMITER: 1_000_000, READ_LIMITER: 1_000_000 };
    const gateway = await startGateway({ simulator, limits, entry: "bench/memory/worker.ts" });
    try {
      const keys = [(await gateway.createKey()).apiKey, (await gateway.createKey()).apiKey];
      return await measure({ url: gateway.url, pid: gateway.workerd, keys, ...LOAD });
    } finally {
      await gateway.stop();
    }
  } finally {
    await simulator.stop();
  }
}

function accepted({ statuses }) {
  return statuses.filter((status) => status === 200).length;
}

function isWithin(round) {
  return round.peakMb - round.baseMb <= MAX_GROWTH_MB && accepted(round) === LOAD.uploads;
}

function page(rounds) {
  const rows = rounds.map((round) => [
    round.baseMb,
    round.peakMb,
    `+${round.peakMb - round.baseMb}`,
    `+${MAX_GROWTH_MB}`,
    `${accepted(round)} of ${LOAD.uploads}`,
    `${(round.uploadMs / 1_000).toFixed(1)} s`,
    isWithin(round) ? "met" : "**missed**",
  ]);
  return [
    `${LOAD.connections} connections that each send most of a megabyte of a hostile body and wait, and ${LOAD.uploads} uploads of ` +
      `${LOAD.imageBytes / 1e6} MB at once from another account; the resident memory of workerd's process in MB, at first and at its ` +
      "peak. Each row is a new process.",
    table(["at first", "peak", "growth", "goal", "uploads accepted", "in", ""], rows),
  ].join("\n\n");
}
