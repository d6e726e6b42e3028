// A program that is killed while its video is made, and run again: by its idempotency key it continues
// with the video that is paid for.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { folderStore } from "../../pkg/dist/node/index.js";
import {
  MODEL,
  PROVIDERS,
  getVideoStatus,
  paidOnce,
  provider,
  simulator,
  waitFor,
} from "./support.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary-folder.mjs";

const PROGRAM = fileURLToPath(new URL("fixtures/generate.mjs", import.meta.url));

async function order(t, id, config) {
  const sim = await simulator(t, config);
  const folder = temporaryFolder("ai-sdk");
  const work = JSON.stringify({ id, folder, settings: sim.settings, key: "order 4711" });
  const run = () => {
    const child = spawn(process.execPath, [PROGRAM, work], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    return child;
  };
  const reportOf = async (child) => {
    let text = "";
    for await (const piece of child.stdout) text += piece;
    return JSON.parse(text);
  };
  return { sim, folder, run, reportOf };
}

async function kill(child) {
  child.kill("SIGKILL");
  await once(child, "close");
}

const submitted = (sim) => waitFor(async () => (await sim.ledger()).submissions.length > 0);

describe("killed", { concurrency: 4 }, () => {
  for (const id of PROVIDERS) {
    test(`${id}: while the job runs`, async (t) => {
      const { sim, folder, run, reportOf } = await order(t, id, { jobDurationMs: 600_000 });
      const child = run();
      const store = folderStore(folder);
      const taken = ({ record }) => record.handle.acceptedAt !== undefined;
      await waitFor(async () => (await store.list()).some(taken));
      await kill(child);
      const [{ handle }] = await provider(sim, { store }).client.jobs({ pending: true });
      const model = provider(sim).video(MODEL);
      assert.equal((await getVideoStatus(model, { operation: handle })).status, "pending");
      await sim.control("advance", { ms: 600_000 });
      assert.ok((await reportOf(run())).bytes > 0);
      await paidOnce(sim);
    });
  }

  test("runware: before the submit's response", async (t) => {
    const { sim, run, reportOf } = await order(t, "runware", { jobDurationMs: 1_000 });
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
    const child = run();
    await submitted(sim);
    await kill(child);
    assert.ok((await reportOf(run())).bytes > 0);
    await paidOnce(sim);
  });

  test("runpod: before the submit's response, which cannot be reconciled and is not repeated", async (t) => {
    const { sim, run, reportOf } = await order(t, "runpod", { jobDurationMs: 1_000 });
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
    const child = run();
    await submitted(sim);
    await kill(child);
    const { error } = await reportOf(run());
    assert.deepEqual([error.code, error.charge], ["submission_unknown", "unknown"]);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });
});
