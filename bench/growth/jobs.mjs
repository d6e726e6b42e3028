// Many jobs at once in a process of their own, printed as JSON: `node --expose-gc jobs.mjs <provider> <count> <run time in ms>`.
import { setTimeout as sleep } from "node:timers/promises";
import { initSync } from "../../pkg/dist/glue.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { medianOf } from "../lib/median.mjs";
import { both } from "../speed/requests.mjs";
import { openProvider } from "./provider.mjs";

const IDLE_MS = 50;
/** The fewest jobs that run before, so that the code is loaded and compiled. */
const MIN_WARM_UP = 100;

/** Submits so many jobs at once, and waits for them. `onAccepted` runs once all of them are accepted. */
async function runJobs({ provider, count, runMs, store, onAccepted = () => {} }) {
  const memory = openProvider(provider, runMs);
  // Only the first three jobs at once may poll RunPod in the long way: here all of them do the same.
  const settings = { apiKey: "any-key", ...(provider === "runpod" && { longPoll: false }) };
  const client = createFilmgate({ fetch: memory.fetch, store, [provider]: settings });
  const submit = (_, at) => client.submit({ ...both, prompt: `Boat ${at}` }, { provider });
  const jobs = await Promise.all(Array.from({ length: count }, submit));
  onAccepted();
  const lateMs = jobs.map(async (job) => {
    const { handle } = await job.result();
    return Date.now() - memory.endsAt.get(handle.jobId);
  });
  const late = await Promise.all(lateMs);
  memory.endsAt.clear();
  return { client, requests: memory.requests, lateMs: medianOf(late) };
}

const bytesInUse = () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** The same, once what has ended has let go. */
async function settledBytes() {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc();
    await sleep(IDLE_MS);
  }
  return bytesInUse();
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

async function measure(provider, count, runMs) {
  // As many: the engine and the module keep tables of the size that they once had.
  await runJobs({ provider, count: Math.max(count, MIN_WARM_UP), runMs: 0, store: memoryStore() });
  const store = memoryStore();
  const before = await settledBytes();
  const since = cpuMs();
  let [running, pausedMs] = [0, 0];
  const onAccepted = () => {
    const start = cpuMs();
    running = bytesInUse();
    pausedMs = cpuMs() - start;
  };
  const { client, requests, lateMs } = await runJobs({ provider, count, runMs, store, onAccepted });
  const spentMs = cpuMs() - since - pausedMs;
  const ended = await settledBytes();
  for (const { handle } of await client.jobs()) await client.deleteJob(handle);
  const deleted = await settledBytes();
  return {
    provider,
    jobs: count,
    cpuMsPerJob: spentMs / count,
    requestsPerJob: requests / count,
    lateMs,
    runningBytesPerJob: Math.round((running - before) / count),
    endedBytesPerJob: Math.round((ended - before) / count),
    deletedBytes: deleted - before,
    moduleBytes: initSync().memory.buffer.byteLength,
  };
}

const [provider, count, runMs] = process.argv.slice(2);
console.log(JSON.stringify(await measure(provider, Number(count), Number(runMs))));
