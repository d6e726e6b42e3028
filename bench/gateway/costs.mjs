// What Cloudflare bills for one video, counted over undisturbed jobs.
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";

const ENTRY = "bench/gateway/counted.ts";
const REQUEST = { model: "wan-2.6", prompt: "A fox", seconds: "5", size: "1280x720" };
const JOBS = 20;
/** A typical job duration. */
const RUN_MS = 60_000;
const POLL_MS = 5_000;

/** Averages per job: created, polled every five seconds until it has completed, downloaded once. */
export async function costs() {
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(RUN_MS)] });
  const gateway = await startGateway({ simulator, entry: ENTRY });
  try {
    const { apiKey } = await gateway.createKey();
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const call = async (path, init) => {
      const response = await fetch(gateway.url + path, { headers, ...init });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response;
    };
    const counted = async () => (await call("/counted")).json();
    const generate = async () => {
      const created = await call("/v1/videos", { method: "POST", body: JSON.stringify(REQUEST) });
      const { id } = await created.json();
      for (let isDone = false; !isDone; ) {
        await sleep(POLL_MS);
        isDone = (await (await call(`/v1/videos/${id}`)).json()).status === "completed";
      }
      await (await call(`/v1/videos/${id}/content`)).arrayBuffer();
    };
    const before = await counted();
    await Promise.all(Array.from({ length: JOBS }, generate));
    await sleep(2000);
    const after = await counted();
    return Object.fromEntries(
      Object.keys(after).map((name) => [name, (after[name] - before[name]) / JOBS]),
    );
  } finally {
    await gateway.stop();
    await simulator.stop();
  }
}
