// `npm run bench:memory`: the memory of the gateway's isolate under 200 hostile connections and 16 uploads of 6 MB at once.
// Cloudflare gives an isolate 128 MB. Here the whole process is measured, without R2: locally
// that is in the same process, and keeps copies of what it stores.
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { setUp } from "../lib/set-up.mjs";
import { measure } from "./load.mjs";

/** What the bodies may add to the process. */
const MAX_GROWTH_MB = 100;
const LOAD = { connections: 200, uploads: 16, imageBytes: 6_000_000 };

if (!process.env.FILMGATE_SIM) await setUp();
const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
const limits = { CREATE_LIMITER: 1_000_000, READ_LIMITER: 1_000_000 };
const gateway = await startGateway({ simulator, limits, entry: "bench/memory/worker.ts" });
try {
  const keys = [(await gateway.createKey()).apiKey, (await gateway.createKey()).apiKey];
  const { baseMb, peakMb, statuses, uploadMs } = await measure({ url: gateway.url, pid: gateway.workerd, keys, ...LOAD });
  const grown = peakMb - baseMb;
  const done = statuses.filter((status) => status === 200).length;
  console.log(`${LOAD.connections} hostile connections, ${LOAD.uploads} uploads of ${LOAD.imageBytes / 1e6} MB at once:`);
  console.log(`${baseMb} MB → ${peakMb} MB (+${grown} MB), ${done} of ${LOAD.uploads} uploads accepted in ${uploadMs} ms`);
  const isWithin = grown <= MAX_GROWTH_MB && done === LOAD.uploads;
  if (!isWithin) console.log(`At most +${MAX_GROWTH_MB} MB, and every upload accepted, is required: ${statuses.join(" ")}`);
  process.exitCode = isWithin ? 0 : 1;
} finally {
  await gateway.stop();
  await simulator.stop();
}
