// A signal before any provider has the job: nothing is sent afterwards, and the command says so.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, environmentOf, events, workplace } from "./support.mjs";

const GENERATE = ["generate", ...REQUEST, "--max-cost", "1", "--json"];
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The command has ended by the signal, no provider has its job, and no later command sends it. */
async function assertUnsent({ sim, run }, { code, stdout, stderr }, expected) {
  assert.equal(code, expected, stderr);
  assert.match(stderr, /interrupted\. No provider has the job, and nothing is billed\./);
  assert.doesNotMatch(stderr, /filmgate resume/);
  const { event, resume } = events({ stdout }).at(-1);
  assert.deepEqual([event, resume], ["interrupted", undefined]);
  assert.equal((await run(["resume"])).code, 0);
  const { submissions, charges } = await sim.ledger();
  assert.deepEqual([submissions.filter(({ outcome }) => outcome === "accepted"), charges], [[], []]);
}

for (const provider of ["runpod", "runware"]) {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
    test(`${provider}: after ${signal} in the pause of a rate limit, nothing is submitted`, async (t) => {
      const sim = await simulator(t);
      const place = workplace(t, environmentOf(sim));
      await sim.faults({ operation: "submit", times: 1, fault: { kind: "rateLimit", retryAfter: 60 } });
      const child = place.start([...GENERATE, "--provider", provider]);
      await waitFor(async () => (await sim.ledger()).submissions.length > 0);
      await assertUnsent({ sim, ...place }, await child.kill(signal), code);
    });
  }
}

test("after a signal while an image is uploaded, nothing is submitted", async (t) => {
  const sim = await simulator(t);
  const proxy = await openFaultProxy(t, sim);
  const place = workplace(t, environmentOf(proxy));
  writeFileSync(join(place.cwd, "fox.png"), Buffer.from(PIXEL, "base64"));
  const upload = proxy.hold("upload", "response");
  const child = place.start([...GENERATE, "--image", "fox.png", "--upload", "--provider", "runpod"]);
  await upload.reached;
  child.process.kill("SIGINT");
  // Its response comes nevertheless.
  const isOver = await Promise.race([child.ended, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  upload.release();
  await assertUnsent({ sim, ...place }, isOver ?? (await child.ended), 130);
});
