// A disk that fills during a submit: the printed command finds the paid job nevertheless.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { simulator } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, environmentOf, workplace } from "./support.mjs";

test("a job whose record could not be written is resumed by the printed command", { skip: process.platform !== "linux" }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const proxy = await openFaultProxy(t, sim);
  const { start, run } = workplace(t, environmentOf(proxy));
  const held = proxy.hold("submit", "response");
  const child = start(["generate", ...REQUEST, "--max-cost", "1", "--provider", "runpod", "-o", "fox.mp4"]);
  await held.reached;
  // From now on, each of its writes to a file fails.
  const { status, stderr: why } = spawnSync("prlimit", ["--pid", String(child.process.pid), "--fsize=0"], { encoding: "utf8" });
  assert.equal(status, 0, why);
  held.release();
  await child.noted("(store_error)");
  const { code, stderr } = await child.kill("SIGINT");
  assert.equal(code, 130, stderr);
  assert.match(stderr, /The store could not be written/);
  const [, command] = /Resume it with: filmgate (.*)/.exec(stderr);
  await sim.control("advance", { ms: 600_000 });
  const resumed = await run(command.split(" "));
  assert.equal(resumed.code, 0, `${command}: ${resumed.stderr}`);
  assert.equal((await sim.ledger()).charges.length, 1);
});
