// Commands beside one that tracks the job, and jobs that cannot be resumed beside those that can.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { PROMPT, REQUEST, environmentOf, events, workplace } from "./support.mjs";

const GENERATE = ["generate", ...REQUEST, "--max-cost", "1", "--json"];
/** Its submit is answered at once. */
const RUNPOD = ["generate", PROMPT, "--model", "p-video", "--duration", "5", "--resolution", "720p", "--provider", "runpod"];

async function placeWith(t) {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const finishJobs = () => sim.control("advance", { ms: 600_000 });
  return { sim, finishJobs, ...workplace(t, environmentOf(sim)) };
}

test("`status` beside a command that tracks the job shows what its record says", async (t) => {
  const { start, run } = await placeWith(t);
  const child = start(GENERATE);
  const { id } = await child.event("progress");
  const { code, stdout, stderr } = await run(["status", id, "--json"]);
  assert.equal(code, 9, stderr);
  assert.match(JSON.parse(stdout).status, /^(queued|running)$/);
});

test("`cancel` beside a command that tracks the job says if the provider cannot cancel", async (t) => {
  const { sim, start, run } = await placeWith(t);
  const child = start([...GENERATE, "--provider", "runware"]);
  const { id } = await child.event("progress");
  const { code, stderr } = await run(["cancel", id]);
  assert.equal(code, 9, stderr);
  assert.match(stderr, /does not cancel the job: it continues/);
  assert.equal((await sim.ledger()).charges.length, 0);
});

test("`cancel` beside a command that tracks a job of RunPod stops it", async (t) => {
  const { sim, finishJobs, start, run } = await placeWith(t);
  const child = start([...RUNPOD, "--max-cost", "1", "--json"]);
  const { id } = await child.event("submitted");
  const { code, stderr } = await run(["cancel", id]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /The job is cancelled/);
  await finishJobs();
  assert.equal((await sim.ledger()).charges.length, 0);
});

test("`resume` of all jobs goes on with those whose provider has a key", async (t) => {
  const { sim, cwd, finishJobs, start, run } = await placeWith(t);
  // RunPod answers a submit when the job has ended, so both are killed before that.
  for (const [at, provider] of ["runpod", "runware"].entries()) {
    const child = start([...GENERATE, "--provider", provider]);
    await waitFor(async () => (await sim.ledger()).submissions.length > at);
    await child.kill();
  }
  const stored = JSON.parse((await run(["jobs", "--json"])).stdout);
  const ids = Object.fromEntries(stored.map(({ handle: { provider, id } }) => [provider, id]));
  await finishJobs();
  const { code, stdout, stderr } = await run(["resume", "--json"], { env: { RUNPOD_API_KEY: "", RUNPOD_BASE_URL: "" } });
  assert.equal(code, 5, stderr);
  assert.match(stderr, /There is no API key of RunPod/);
  const seen = events({ stdout });
  assert.ok(seen.some(({ event, id, exitCode }) => event === "error" && id === ids.runpod && exitCode === 5), stdout);
  assert.ok(seen.some(({ event, id }) => event === "downloaded" && id === ids.runware), stdout);
  assert.ok(existsSync(join(cwd, `filmgate-${ids.runware.slice(0, 8)}.mp4`)));
  assert.equal((await sim.ledger()).submissions.length, 2);
});
