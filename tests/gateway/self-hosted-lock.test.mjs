// One process uses a data folder at a time: two would submit each waiting job, and pay for it twice.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./api.mjs";

const USED = /already uses the folder .*Stop it/;

/** A simulator, and `start()`, which starts a gateway of its own process on the one folder. */
async function openFolder(t) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
  t.after(simulator.stop);
  const persist = mkdtempSync(join(tmpdir(), "filmgate-folder-"));
  t.after(() => rmSync(persist, { recursive: true, force: true }));
  const start = async (more) => {
    const gateway = await startGateway({ simulator, persist, isOwnProcess: true, vars: { PROVIDER_PROBE_SECONDS: "1" }, ...more });
    t.after(gateway.stop);
    return gateway;
  };
  const control = async (name, body) => {
    const answer = await fetch(`${simulator.origin}/control/${name}`, body && { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  };
  return { start, control };
}

test("a second process on the folder is refused, and pays nothing", async (t) => {
  const { start, control } = await openFolder(t);
  const gateway = await start();
  const { apiKey } = await gateway.createKey();
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  // The job waits for its provider: each process would submit it.
  await control("faults", ["poll", "details"].map((operation) => ({ operation, times: 1000, fault: { kind: "error", status: 503 } })));
  const body = JSON.stringify({ prompt: "A boat", filmgate: { provider: "runware" } });
  const { id } = await (await fetch(`${gateway.url}/v1/videos`, { method: "POST", headers, body })).json();
  await assert.rejects(start(), USED);
  await assert.rejects(start({ isOwnProcess: false }), USED);
  await control("faults", []);
  await waitFor(async () => {
    const video = await (await fetch(`${gateway.url}/v1/videos/${id}`, { headers })).json();
    return video.status === "completed";
  });
  assert.equal((await control("ledger")).submissions.length, 1);
});

test("a process that was killed leaves the folder at once, and its engine ends with it", async (t) => {
  const { start } = await openFolder(t);
  const killed = await start();
  const program = Number(execFileSync("ps", ["-o", "ppid=", "-p", String(killed.workerd())]));
  process.kill(program, "SIGKILL");
  const next = await start();
  await assert.rejects(fetch(`${killed.url}/healthz`), "nothing listens there any more");
  assert.equal((await fetch(`${next.url}/healthz`)).status, 200);
});
