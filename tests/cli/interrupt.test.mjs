// A signal ends the waiting, not the job: `resume` finishes it, and it is paid once.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, environmentOf, events, workplace } from "./support.mjs";

const GENERATE = ["generate", ...REQUEST, "--max-cost", "1", "--json", "-o", "fox.mp4"];

/** Simulated providers over HTTP, and a folder whose commands use them. */
async function placeWith(t, { jobDurationMs = 700, ...config } = {}) {
  const sim = await simulator(t, { jobDurationMs, ...config });
  return { sim, ...workplace(t, environmentOf(sim)) };
}

/** The same, where a job runs until `finishJobs`, and `proxy` holds a request for as long as the test wants. */
async function heldPlace(t) {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const proxy = await openFaultProxy(t, sim);
  const finishJobs = () => sim.control("advance", { ms: 600_000 });
  return { sim, proxy, finishJobs, ...workplace(t, environmentOf(proxy)) };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  test(`${signal} keeps the job, says how to resume it, and \`resume\` finishes it with one charge`, async (t) => {
    const { sim, cwd, finishJobs, start, run } = await heldPlace(t);
    const child = start(GENERATE);
    await child.event("progress");
    const { code: ended, stderr, ...output } = await child.kill(signal);
    assert.equal(ended, code);
    const [, command] = /Resume it with: filmgate (.*)/.exec(stderr);
    assert.equal(events(output).at(-1).resume, `filmgate ${command}`);
    await finishJobs();
    const resumed = await run(command.split(" "));
    assert.deepEqual([resumed.code, resumed.stdout], [0, "fox.mp4\n"], resumed.stderr);
    assert.ok(existsSync(join(cwd, "fox.mp4")));
    assert.equal((await sim.ledger()).charges.length, 1);
  });
}

test("a signal during the submit lets it finish, and a second one ends the process", async (t) => {
  const { sim, proxy, finishJobs, start, run } = await heldPlace(t);
  const first = proxy.hold("submit", "response");
  const child = start(GENERATE);
  await first.reached;
  child.process.kill("SIGINT");
  await child.noted("Press Ctrl-C again");
  first.release();
  const { code, stdout } = await child.ended;
  assert.equal(code, 130);
  assert.deepEqual(events({ stdout }).map(({ event }) => event), ["submitted", "interrupted"]);
  await finishJobs();
  assert.equal((await run(["resume"])).code, 0);

  const second = proxy.hold("submit", "response");
  const impatient = start(["generate", ...REQUEST, "--max-cost", "1", "--provider", "runware", "--json"]);
  await second.reached;
  impatient.process.kill("SIGINT");
  await impatient.noted("Press Ctrl-C again");
  assert.equal((await impatient.kill("SIGINT")).code, 130);
  await finishJobs();
  assert.equal((await run(["resume"])).code, 0);
  assert.equal((await sim.ledger()).charges.length, 2);
});

describe("SIGKILL", { concurrency: 3 }, () => {
  const submitted = async ({ sim }) => waitFor(async () => (await sim.ledger()).submissions.length > 0);
  const PHASES = [
    { phase: "while the submit is sent", faults: [{ operation: "submit", fault: { kind: "latency", ms: 600_000 } }], until: submitted },
    { phase: "once it is submitted", until: ({ child }) => child.event("submitted") },
    { phase: "while it is queued or running", until: ({ child }) => child.event("progress") },
    { phase: "while the result is fetched", faults: [{ operation: "poll", times: 1, skip: 1, fault: { kind: "latency", ms: 3_000 } }], until: async ({ child }) => { await child.event("progress"); await new Promise((resolve) => setTimeout(resolve, 900)); } },
    { phase: "while the video is downloaded", faults: [{ operation: "download", fault: { kind: "latency", ms: 600_000 } }], until: ({ child }) => child.event("completed") },
    { phase: "after the download", until: ({ child }) => child.event("downloaded") },
  ];
  for (const provider of ["runpod", "runware"]) {
    for (const { phase, faults = [], until } of PHASES) {
      test(`${provider}: killed ${phase}, it is resumed with one charge`, async (t) => {
        const { sim, cwd, start, run } = await placeWith(t);
        await sim.faults(...faults);
        const child = start([...GENERATE, "--provider", provider]);
        await until({ sim, child });
        await child.kill();
        await sim.faults();
        const [{ handle }] = JSON.parse((await run(["jobs", "--json"])).stdout);
        const resumed = await run(["resume", handle.id, "-o", "fox.mp4", "--force"]);
        const { charges, submissions } = await sim.ledger();
        if (provider === "runpod" && resumed.code === 8) {
          // RunPod cannot be asked for a job by our id: it is never sent again, and found by a person.
          assert.match(resumed.stderr, /not submitted again.*\nIf the provider has it, pass its id: filmgate resume \S+ --output fox\.mp4 --force --job-id ID/);
          const [{ id }] = submissions;
          const found = await run(["resume", handle.id, "--job-id", id, "-o", "fox.mp4"]);
          assert.equal(found.code, 0, found.stderr);
          assert.equal(phase, "while the submit is sent");
        } else {
          assert.equal(resumed.code, 0, resumed.stderr);
        }
        assert.ok(existsSync(join(cwd, "fox.mp4")));
        assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, 1);
        assert.equal(charges.length <= 1, true);
        assert.equal((await sim.ledger()).charges.length, 1);
      });
    }
  }

  test("killed at any moment, no job is submitted twice, and none that was accepted is lost", async (t) => {
    for (let ms = 100; ms <= 700; ms += 100) {
      const { sim, start, run } = await placeWith(t, { jobDurationMs: 200 });
      const child = start([...GENERATE, "--provider", "runware"]);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await child.kill();
      const resumed = await run(["resume"]);
      assert.equal(resumed.code, 0, `${ms} ms: ${resumed.stderr}`);
      const { charges, submissions } = await sim.ledger();
      const jobs = JSON.parse((await run(["jobs", "--json"])).stdout);
      assert.ok(charges.length <= 1, `${ms} ms`);
      if (submissions.length > 0) assert.equal(jobs[0].status, "completed", `${ms} ms`);
    }
  });
});
