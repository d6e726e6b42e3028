// A long poll holds its connection, of which a browser has six to one host: only the first few jobs have one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BOTH, createClient, counting, simulator, waitFor } from "./support.mjs";

const LONG = { jobDurationMs: 60_000 };

/** The ids of the jobs that use long polls. */
function holding({ seen }) {
  const paths = seen.map(({ path }) => /\/status-sync\/(.+)$/.exec(path)?.[1]);
  return new Set(paths.filter((id) => id !== undefined));
}

const plainly = ({ seen }) => seen.filter(({ path }) => path.includes("/status/"));

async function runJobs(t, jobs, settings = {}) {
  const sim = await simulator(t, LONG);
  const seen = counting();
  const runpod = { ...sim.settings.runpod, ...settings };
  const client = createClient(sim, { runpod, fetch: seen.fetch });
  const controller = new AbortController();
  const { signal } = controller;
  const options = { provider: "runpod", signal };
  const under = [];
  for (let at = 0; at < jobs; at++) under.push(await client.submit(BOTH, options));
  const end = async () => {
    controller.abort();
    await Promise.all(under.map((job) => job.result().catch(() => {})));
  };
  return { client, seen, under, end };
}

describe("long poll", { concurrency: true }, () => {
  test("only the first three of eight jobs", async (t) => {
    const { seen, under, end } = await runJobs(t, 8);
    await waitFor(() => holding(seen).size === 3 && plainly(seen).length >= 5);
    const first = under.slice(0, 3).map(({ handle }) => handle.jobId);
    assert.deepEqual([...holding(seen)].sort(), first.sort());
    await end();
  });

  for (const [settings, most] of [
    [{ longPoll: false }, 0],
    [{ maxConcurrency: 1 }, 0],
    [{ maxConcurrency: 2 }, 1],
  ]) {
    test(`${JSON.stringify(settings)}: ${most} of four`, async (t) => {
      const { seen, end } = await runJobs(t, 4, settings);
      await waitFor(() => holding(seen).size === most && plainly(seen).length >= 4 - most);
      await end();
      assert.equal(holding(seen).size, most);
    });
  }

  test("a job that ends frees its long poll for the next job", async (t) => {
    const { client, seen, under, end } = await runJobs(t, 3);
    await waitFor(() => holding(seen).size === 3);
    assert.equal((await under[0].cancel()).result, "cancelled");
    await under[0].result().catch(() => {});
    const job = await client.submit(BOTH, { provider: "runpod" });
    await waitFor(() => holding(seen).has(job.handle.jobId));
    assert.equal((await job.cancel()).result, "cancelled");
    await end();
  });

  test("a cancel does not wait for the response, and closes the connection", async (t) => {
    const { seen, under, end } = await runJobs(t, 1);
    const [held] = await waitFor(() => {
      const found = seen.seen.filter(({ path }) => path.includes("status-sync"));
      return found.length > 0 && found;
    });
    assert.equal((await under[0].cancel()).result, "cancelled");
    assert.equal(held.request.signal.aborted, true);
    await end();
  });
});
