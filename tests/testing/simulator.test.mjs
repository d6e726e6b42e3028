// `createSimulator`: what its fetch shows, its controls, and a state that is shared.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSimulator } from "../../pkg/dist/testing/index.js";

const ORIGIN = "https://simulator.invalid";
const ENDPOINT = "sora-2-pro-i2v";
const SORA = `${ORIGIN}/runpod/v2/${ENDPOINT}`;
const HEADERS = { authorization: "Bearer any", "content-type": "application/json" };
const INPUT = { prompt: "A fox", image: "https://example.com/fox.png", size: "720p", duration: 4 };
const BODY = JSON.stringify({ input: INPUT });

const open = (options) => createSimulator({ jobDurationMs: 200, ...options });
const submit = ({ fetch }, path, more) =>
  fetch(`${SORA}/${path}`, { method: "POST", headers: HEADERS, body: BODY, ...more });

test("a video from submit to download", async () => {
  const simulator = open();
  const answer = await submit(simulator, "runsync");
  const { output } = await answer.json();
  assert.deepEqual([answer.status, answer.url, output.cost], [200, `${SORA}/runsync`, 1.2]);
  const client = await simulator.fetch(output.video_url);
  assert.equal(client.headers.get("content-type"), "video/mp4");
  const bytes = new Uint8Array(await client.arrayBuffer());
  const asked = new Request(output.video_url, { headers: { range: "bytes=4-7" } });
  const range = await simulator.fetch(asked);
  assert.deepEqual([range.status, await range.text()], [206, "ftyp"]);
  const head = await simulator.fetch(output.video_url, { method: "HEAD" });
  assert.equal(Number(head.headers.get("content-length")), bytes.length);
  assert.equal(simulator.ledger().totalMicroUsd, 1_200_000);
});

test("faults look as they do to the real fetch", async () => {
  const simulator = open({ jobDurationMs: 60_000 });
  const strike = (fault) => simulator.injectFault({ fault });
  strike({ kind: "resetAfter" });
  await assert.rejects(submit(simulator, "run"), (error) => {
    assert.ok(error instanceof TypeError);
    assert.equal(error.message, "fetch failed");
    return true;
  });
  assert.equal(simulator.ledger().submissions[0].outcome, "accepted");

  strike({ kind: "truncatedStream" });
  const cut = await submit(simulator, "run");
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text(), TypeError);

  strike({ kind: "empty401" });
  const refused = await submit(simulator, "run");
  assert.deepEqual([refused.status, await refused.text()], [401, ""]);

  strike({ kind: "rateLimit", retryAfter: 3 });
  assert.equal((await submit(simulator, "run")).headers.get("retry-after"), "3");
});

test("rejects with the signal's reason, before and while it waits", async () => {
  const simulator = open({ jobDurationMs: 60_000 });
  const reason = { not: "an error" };
  const ended = AbortSignal.abort(reason);
  const isReason = (error) => error === reason;
  await assert.rejects(submit(simulator, "runsync", { signal: ended }), isReason);
  assert.deepEqual(simulator.ledger().submissions, [], "it never left");

  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(submit(simulator, "runsync", { signal: controller.signal }), isReason);
  assert.equal(simulator.ledger().submissions.length, 1, "it had left");
  simulator.close();
});

test("the providers' real URLs reach the simulated providers", async () => {
  const simulator = open();
  const real = `https://api.runpod.ai/v2/${ENDPOINT}/runsync`;
  const answer = await simulator.fetch(real, { method: "POST", headers: HEADERS, body: BODY });
  assert.deepEqual([answer.status, answer.url], [200, real]);
  const task = { taskType: "getResponse", taskUUID: crypto.randomUUID() };
  for (const address of ["https://api.runware.ai/v1", new URL("https://api.runware.ai/v1/")]) {
    const init = { method: "POST", headers: HEADERS, body: JSON.stringify([task]) };
    const answer = await simulator.fetch(address, init);
    assert.deepEqual(await answer.json(), { data: [] }, "a task that it does not know");
  }
});

test("no other URL is reached, and the error explains why", async (t) => {
  const reached = t.mock.method(globalThis, "fetch");
  const simulator = open();
  for (const address of [
    "https://elsewhere.example/secret?key=secret",
    "https://api.runpod.ai/v1/secret",
    "https://api.runpod.ai/v2secret/run",
    "https://api.runpod.ai.elsewhere.example/v2/secret",
    "http://api.runware.ai/v1",
    "https://rest.runpod.io/v1/pods",
  ]) {
    await assert.rejects(simulator.fetch(address, { headers: HEADERS }), (error) => {
      assert.ok(error instanceof TypeError);
      const { origin } = new URL(address);
      assert.match(error.message, /answers for RunPod, Runware and their simulated videos only/);
      assert.ok(error.message.includes(`nothing was sent to ${origin}.`), error.message);
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(error.cause.code, "ENOTFOUND", "as where a host does not exist");
      return true;
    });
  }
  assert.equal(reached.mock.callCount(), 0);
});

test("controls say what they cannot do", () => {
  const simulator = open();
  assert.throws(() => simulator.configure({ jobDurationMs: "soon" }), /invalid type/);
  assert.equal(simulator.configure({ jobDurationMs: 7 }).jobDurationMs, 7);
  assert.equal(simulator.configure().jobDurationMs, 7);
  assert.throws(() => simulator.injectFault({ fault: { kind: "unheard" } }), /unknown variant/);
  assert.throws(() => simulator.advance(-1), /invalid value/);
  assert.throws(() => createSimulator({ config: { unheard: 1 } }), /unknown field/);
});

test("a setting that is refused is a TypeError that names it", () => {
  for (const [options, named] of [
    [{ config: { unheard: 1 } }, /`unheard`/],
    [{ config: { queueShare: 5 } }, /`queueShare`.*0 to 1/],
    [{ config: { runningStatus: "COMPLETED" } }, /`runningStatus`.*`RUNNING`/],
    [{ fieldMode: ["idOnly", "unheard"] }, /`fieldMode`.*`unheard`/],
    [{ jobDurationMs: 0.5 }, /`jobDurationMs`/],
  ]) {
    assert.throws(() => createSimulator(options), { name: "TypeError", message: named });
  }
});

test("a setting that is undefined is as if absent", () => {
  const settings = { jobDurationMs: undefined, fieldMode: undefined };
  const simulator = createSimulator({ jobDurationMs: undefined, config: settings });
  assert.equal(simulator.configure().jobDurationMs, 1_000);
  const seeded = createSimulator({ fieldMode: 3, config: settings });
  assert.equal(seeded.configure({ jobDurationMs: undefined }).fieldMode, 3);
});

test("a fault rule that is refused leaves the earlier ones", async () => {
  const simulator = open();
  simulator.injectFault({ fault: { kind: "empty401" } });
  assert.throws(() => simulator.setFaults({ rule: [] }), { name: "TypeError", message: /`rule`/ });
  assert.throws(() => simulator.injectFault({ times: 0, fault: { kind: "html" } }), /`times`/);
  assert.equal((await submit(simulator, "run")).status, 401);
});

test("faults apply in order, as often as configured, and can be removed", async () => {
  const simulator = open({ jobDurationMs: 60_000 });
  const status = async () => (await submit(simulator, "run")).status;
  simulator.injectFault({ skip: 1, fault: { kind: "error", status: 503 } });
  simulator.injectFault({ times: 2, provider: "runpod", fault: { kind: "rateLimit" } });
  simulator.injectFault({ provider: "runware", fault: { kind: "empty401" } });
  const seen = [];
  for (let count = 0; count < 5; count++) seen.push(await status());
  assert.deepEqual(seen, [200, 503, 429, 429, 200]);
  simulator.setFaults({ random: { perMille: 1000, seed: 3 } });
  await submit(simulator, "run").catch(() => {});
  simulator.setFaults();
  assert.equal(await status(), 200);
  const outcomes = simulator.submissions().map(({ outcome }) => outcome);
  assert.deepEqual(outcomes.slice(0, 5), ["accepted", "lost", "lost", "lost", "accepted"]);
});

test("advancing the clock ends jobs, and pending responses come sooner", async () => {
  const simulator = open({ jobDurationMs: 60_000 });
  const waiting = submit(simulator, "runsync");
  while (simulator.submissions().length === 0) await new Promise(setImmediate);
  assert.deepEqual(simulator.charges(), []);
  simulator.advance(60_000);
  assert.equal(simulator.charges()[0].microUsd, 1_200_000);
  const { id, output } = await (await waiting).json();
  simulator.advance(7 * 24 * 3_600_000);
  assert.equal((await simulator.fetch(output.video_url)).status, 410);
  const late = await simulator.fetch(`${SORA}/status/${id}`, { headers: HEADERS });
  assert.equal(late.status, 404);
  simulator.reset();
  assert.deepEqual(simulator.ledger(), { submissions: [], charges: [], totalMicroUsd: 0 });
});

test("simulators are independent, and one seed generates the same ids", async () => {
  const ids = [];
  for (const seed of [5, 5, 6]) {
    const simulator = open({ seed });
    ids.push((await (await submit(simulator, "run")).json()).id);
    assert.equal(simulator.submissions().length, 1);
  }
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[0], ids[2]);
});

test("another simulator restores a snapshot", async () => {
  // Longer than any test waits: the first one's video is not made meanwhile.
  const jobDurationMs = 600_000;
  const first = open({ jobDurationMs });
  const { id } = await (await submit(first, "run")).json();
  const second = open({ jobDurationMs });
  second.restore(first.snapshot());
  second.advance(jobDurationMs);
  const answer = await second.fetch(`${SORA}/status/${id}`, { headers: HEADERS });
  assert.equal((await answer.json()).status, "COMPLETED");
  assert.equal(first.ledger().totalMicroUsd, 0, "each has its own state");
  assert.throws(() => second.restore("nothing"), /expects a text from `snapshot`/);
  first.close();
  second.close();
});

test("every change of state goes through transact", async () => {
  let kept;
  let changes = 0;
  const shared = (simulator) => async (change) => {
    changes += 1;
    if (kept) simulator().restore(kept);
    change();
    kept = simulator().snapshot();
  };
  const jobDurationMs = 600_000;
  const first = open({ jobDurationMs, transact: shared(() => first) });
  const second = open({ jobDurationMs, transact: shared(() => second) });
  const { id } = await (await submit(first, "run")).json();
  const answer = await second.fetch(`${SORA}/status/${id}`, { headers: HEADERS });
  assert.equal((await answer.json()).status, "IN_QUEUE");
  assert.equal(changes, 2);
  first.close();
  second.close();
});

test("after `close` the ledger can still be read, and all else is an error in words", async () => {
  const simulator = open();
  await submit(simulator, "run");
  const { submissions, charges, totalMicroUsd } = simulator.ledger();
  simulator.close();
  simulator.close();
  assert.deepEqual(simulator.submissions(), submissions);
  assert.deepEqual(simulator.charges(), charges);
  assert.equal(simulator.ledger().totalMicroUsd, totalMicroUsd);
  const isClosed = (error) => error instanceof TypeError && /is closed/.test(error.message);
  const { advance, reset, snapshot, configure, injectFault } = simulator;
  const calls = [() => advance(1), reset, snapshot, configure, () => injectFault({ fault: { kind: "duplicate" } })];
  for (const call of calls) assert.throws(call, isClosed);
  await assert.rejects(submit(simulator, "run"), isClosed);
});
