// A video is never lost, and paid once: servers are killed, clients give up, and two servers share a folder.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, accepted, finished, workplace } from "./support.mjs";

const SUBMIT = { request: REQUEST, maxCostUsd: 1 };
const ONLY = { runware: { RUNPOD_API_KEY: "", RUNPOD_BASE_URL: "" }, runpod: { RUNWARE_API_KEY: "", RUNWARE_BASE_URL: "" } };

/** Simulated providers whose jobs run until `finishJobs`; `proxy` holds a request for as long as the test wants. */
async function heldProviders(t) {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const proxy = await openFaultProxy(t, sim);
  return { sim, proxy, finishJobs: () => sim.control("advance", { ms: 600_000 }) };
}

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: a server is killed in the middle of a video, another one delivers it, with one charge`, { timeout: 300_000 }, async (t) => {
    const { sim, finishJobs } = await heldProviders(t);
    const { server } = workplace(t, sim, ONLY[provider]);
    const first = await server();
    const { id } = await first.call("submit", SUBMIT);
    const waiting = first.raw("wait", { id }).catch((error) => error);
    await waitFor(async () => ["queued", "running"].includes((await first.call("job", { id })).status));
    await first.kill();
    assert.ok((await waiting) instanceof Error);
    await finishJobs();
    const second = await server();
    const { jobs, budget } = await second.call("jobs");
    assert.deepEqual([jobs.map((job) => job.id), budget.reservedUsd + budget.spentUsd], [[id], 0.5]);
    assert.equal((await finished(second, id)).status, "completed");
    const { files } = await second.call("download", { id });
    assert.ok(existsSync(files[0].path));
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, accepted({ submissions }).length], [1, 1]);
    assert.equal((await second.call("jobs")).budget.spentUsd, 0.5);
  });
}

test("a server is killed while the submit is sent: the same key joins the job, with one charge", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 300 });
  const { server } = workplace(t, sim, ONLY.runware);
  await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 600_000 } });
  const first = await server();
  const submit = { ...SUBMIT, idempotencyKey: "once" };
  const sent = first.raw("submit", submit).catch((error) => error);
  await waitFor(async () => (await sim.ledger()).submissions.length > 0);
  await first.kill();
  assert.ok((await sent) instanceof Error);
  await sim.faults();
  const second = await server(["--budget", "0.5"]);
  const { id } = await second.call("submit", submit);
  assert.equal((await finished(second, id)).status, "completed");
  assert.equal((await sim.ledger()).charges.length, 1);
});

test("a client whose calls time out gets its video: the job does not depend on the call, and `--max-wait` fits its limit", { timeout: 300_000 }, async (t) => {
  const { sim, proxy, finishJobs } = await heldProviders(t);
  const { server } = workplace(t, proxy, ONLY.runware);
  const first = proxy.hold("submit", "response");
  const impatient = await server();
  const options = { timeout: 1500 };
  const submit = { ...SUBMIT, idempotencyKey: "chapter one" };
  await assert.rejects(impatient.raw("submit", submit, options), /timed out/i);
  await assert.rejects(impatient.raw("submit", submit, options), /timed out/i);
  first.release();
  const { id, isJoined } = await impatient.call("submit", submit);
  assert.equal(isJoined, true);
  await assert.rejects(impatient.raw("wait", { id }, options), /timed out/i);
  const { server: other } = workplace(t, proxy, ONLY.runware);
  const fitted = await other(["--max-wait", "1"]);
  const patient = { timeout: 60_000 };
  const second = proxy.hold("submit", "response");
  const late = await fitted.call("submit", { ...submit, idempotencyKey: "chapter two" }, patient);
  assert.deepEqual([late.status, late.hasEnded], ["submitting", false]);
  second.release();
  await fitted.call("wait", { id: late.id }, patient);
  await finishJobs();
  assert.equal((await finished(fitted, late.id, patient)).status, "completed");
  assert.equal((await finished(impatient, id)).status, "completed");
  assert.equal((await sim.ledger()).charges.length, 2);
});

test("a submit whose response is lost after its call has returned is reported by `wait`, and counts in full", { timeout: 300_000 }, async (t) => {
  const { proxy } = await heldProviders(t);
  const { server } = workplace(t, proxy, ONLY.runpod);
  const agent = await server(["--max-wait", "0.5"]);
  const held = proxy.hold("submit", "response");
  const { id, status } = await agent.call("submit", SUBMIT);
  assert.equal(status, "submitting");
  await waitFor(async () => (await agent.call("jobs")).budget.reservedUsd === 0.5);
  held.drop();
  const { error } = await finished(agent, id);
  assert.deepEqual([error.code, error.charge], ["submission_unknown", "unknown"]);
  assert.equal((await agent.call("jobs")).budget.spentUsd, 0.5);
});

test("of two servers on one folder, one tracks a job; the other delivers it, also after the first one is killed", { timeout: 300_000 }, async (t) => {
  const { sim, finishJobs } = await heldProviders(t);
  const { server } = workplace(t, sim, ONLY.runware);
  const [first, second] = [await server(), await server(["--max-wait", "1"])];
  const { id } = await first.call("submit", SUBMIT);
  assert.equal((await second.call("job", { id })).hasEnded, false);
  assert.equal((await second.call("wait", { id })).hasEnded, false);
  await finishJobs();
  const [one, two] = await Promise.all([finished(first, id), finished(second, id)]);
  assert.deepEqual([one.status, two.status], ["completed", "completed"]);
  const { id: next } = await first.call("submit", SUBMIT);
  const waiting = finished(second, next);
  await first.kill();
  await finishJobs();
  assert.equal((await waiting).status, "completed");
  assert.equal((await sim.ledger()).charges.length, 2);
});

test("a client that closes its connection lets a submit finish, and the server ends", { timeout: 300_000 }, async (t) => {
  const { sim, proxy, finishJobs } = await heldProviders(t);
  const { server, run } = workplace(t, proxy, ONLY.runware);
  const held = proxy.hold("submit", "response");
  const first = await server();
  const sent = first.raw("submit", { ...SUBMIT, idempotencyKey: "last" }).catch((error) => error);
  await held.reached;
  const closed = first.client.close();
  // The server reads the end of its input meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  held.release();
  assert.ok((await sent) instanceof Error);
  await closed;
  await finishJobs();
  const second = await server();
  const [job] = await waitFor(async () => {
    const { jobs } = await second.call("jobs");
    return jobs.length > 0 && jobs;
  });
  assert.equal((await second.call("wait", { id: job.id, seconds: 600 })).status, "completed");
  assert.equal((await sim.ledger()).charges.length, 1);
  const { status, stdout, stderr } = run([]);
  assert.deepEqual([status, stdout, stderr], [0, "", ""]);
});
