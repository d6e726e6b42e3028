// docs/recipes/inngest.md: the SDK's endpoint, called as Inngest's server calls it, pays once whatever is lost.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { assertPaidOnce, assertVideo } from "./lib/assert.mjs";
import { execute } from "./lib/inngest-executor.mjs";
import { KEYS, folderOf, projectOf, providers, server } from "./lib/project.mjs";

const FUNCTION = "videos-generate-video";

let project;
before(async () => {
  project = await projectOf("inngest");
});

async function start(t, key) {
  const sim = await providers(t);
  const folder = folderOf();
  const env = { ...sim.env, ...KEYS[key], DATA_FOLDER: folder, INNGEST_DEV: "1" };
  const started = await server(t, { cwd: project, args: ["server.js"], env });
  const event = { id: "01", name: "video/requested", ts: Date.now(), data: { prompt: "A lighthouse in the rain" } };
  const run = (options) => execute({ url: started.url, fnId: FUNCTION, event, file: join(folder, "run.json"), ...options });
  return { ...sim, ...started, event, run };
}

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: killed after each step, and the result of each lost once`, async (t) => {
    const { run, restart, ledger } = await start(t, provider);
    const lost = new Set();
    const steps = [];
    const onStep = async ({ name }) => {
      steps.push(name);
      await restart();
      if (lost.has(name)) return undefined;
      lost.add(name);
      return "lost";
    };
    const { file, costUsd } = await run({ onStep });
    assert.deepEqual(steps.slice(0, 5), ["name the job", "name the job", "start", "start", "check 1"]);
    assertVideo(readFileSync(file));
    assert.equal(costUsd, 0.1);
    await assertPaidOnce(ledger, provider);
  });
}

test("an outage during more checks than a step has attempts ends nothing", async (t) => {
  const { run, simulator, ledger } = await start(t, "runpod");
  const fault = { operation: "poll", times: 6, fault: { kind: "error", status: 503 } };
  await fetch(`${simulator.origin}/control/faults`, { method: "POST", body: JSON.stringify([fault]) });
  const { file } = await run();
  assertVideo(readFileSync(file));
  await assertPaidOnce(ledger, "runpod");
});

test("a request that filmgate rejects is not repeated", async (t) => {
  const { run, event, ledger } = await start(t, "runware");
  event.data.prompt = "";
  await assert.rejects(run(), /prompt/);
  assert.deepEqual((await ledger()).submissions, []);
});

test("a generation that fails ends the function, and is not submitted again", async (t) => {
  const { run, event, ledger } = await start(t, "runware");
  event.data.prompt = "A lighthouse [fail]";
  await assert.rejects(run(), /The job ended as failed/);
  assert.equal((await ledger()).submissions.length, 1);
});
