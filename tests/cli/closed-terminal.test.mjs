// A terminal whose window is closed during a submit: the job that is paid is known afterwards.
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulator } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, environmentOf, inTerminal, workplace } from "./support.mjs";

test("a terminal that is closed during a submit to RunPod does not lose the job", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const proxy = await openFaultProxy(t, sim);
  const place = workplace(t, environmentOf(proxy));
  const held = proxy.hold("submit", "response");
  const ended = inTerminal(place, ["generate", ...REQUEST, "--max-cost", "1", "--provider", "runpod"], { closed: held.reached });
  await held.reached;
  // The progress is written to the closed terminal meanwhile.
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  held.release();
  // No program sees its exit code. Node 20 itself may abort at the very end, because it cannot reset the terminal.
  await ended;
  await sim.control("advance", { ms: 600_000 });
  const { code, stderr } = await place.run(["resume"]);
  assert.equal(code, 0, stderr);
  const { charges, submissions } = await sim.ledger();
  assert.deepEqual([charges.length, submissions.length], [1, 1]);
});
