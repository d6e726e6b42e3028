// docs/recipes/trigger-dev.md: each attempt is a process of its own, and all of them have one job at the gateway.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { before, test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { modernNode } from "../../scripts/lib/node.mjs";
import { assertPaidOnce } from "./lib/assert.mjs";
import { folderOf, projectOf, providers, run, until } from "./lib/project.mjs";

let project, node;
before(async () => {
  node = await modernNode();
  project = await projectOf("trigger-dev");
});

async function start(t) {
  const { simulator, ledger } = await providers(t);
  const gateway = await startGateway({ simulator, persist: folderOf() });
  t.after(gateway.stop);
  const { apiKey } = await gateway.createKey();
  const env = { FILMGATE_GATEWAY: gateway.url, FILMGATE_GATEWAY_KEY: apiKey };
  const attempt = async (payload, number) => {
    const printed = await run(node, ["attempt.mjs", JSON.stringify(payload), String(number)], { cwd: project, env });
    return JSON.parse(printed.trim().split("\n").at(-1));
  };
  return { ledger, env, attempt };
}

test("an attempt that is killed once its job is submitted, and one whose result is lost, have one job", async (t) => {
  const { ledger, env, attempt } = await start(t);
  const payload = { id: randomUUID(), prompt: "A lighthouse in the rain" };
  const killed = spawn(node, ["attempt.mjs", JSON.stringify(payload), "1"], {
    cwd: project,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: "ignore",
  });
  const closed = once(killed, "close");
  await until(async () => (await ledger()).submissions.length === 1, { pauseMs: 5 });
  killed.kill("SIGKILL");
  await closed;
  const { output: second } = await attempt(payload, 2);
  const { output: third } = await attempt(payload, 3);
  assert.equal(second.costUsd, 0.1);
  assert.equal(second.handle.jobId, third.handle.jobId);
  const [{ provider }] = (await ledger()).submissions;
  await assertPaidOnce(ledger, provider);
});

test("a request that filmgate rejects, and a generation that fails, rule out another attempt", async (t) => {
  const { ledger, attempt } = await start(t);
  const rejected = await attempt({ id: randomUUID(), prompt: "" }, 1);
  assert.equal(rejected.name, "AbortTaskRunError");
  assert.match(rejected.message, /prompt/);
  assert.deepEqual((await ledger()).submissions, []);
  const failed = await attempt({ id: randomUUID(), prompt: "A fox [fail]" }, 1);
  assert.equal(failed.name, "AbortTaskRunError");
  assert.match(failed.message, /ended as failed/);
});
