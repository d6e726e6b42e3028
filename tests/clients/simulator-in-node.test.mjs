// The simulators without a server: `createSimulator` and its fetch, in Node.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { createSimulator } from "../../www/vendor/sim/sim.js";
import { ENDPOINT, INPUT } from "./support.mjs";

const ORIGIN = "https://simulator.invalid";
const SORA = `${ORIGIN}/runpod/v2/${ENDPOINT}`;
const HEADERS = { authorization: "Bearer any", "content-type": "application/json" };
const BODY = JSON.stringify({ input: INPUT });

const open = (options) => createSimulator({ runMs: 200, ...options });
const submit = ({ fetch }, path, more) =>
  fetch(`${SORA}/${path}`, { method: "POST", headers: HEADERS, body: BODY, ...more });

test("a film from submit to download", async () => {
  const simulator = await open();
  const answer = await submit(simulator, "runsync");
  const { output } = await answer.json();
  assert.deepEqual([answer.status, answer.url, output.cost], [200, `${SORA}/runsync`, 1.2]);
  const film = await simulator.fetch(output.video_url);
  assert.equal(film.headers.get("content-type"), "video/mp4");
  const bytes = new Uint8Array(await film.arrayBuffer());
  const asked = new Request(output.video_url, { headers: { range: "bytes=4-7" } });
  const range = await simulator.fetch(asked);
  assert.deepEqual([range.status, await range.text()], [206, "ftyp"]);
  const head = await simulator.fetch(output.video_url, { method: "HEAD" });
  assert.equal(Number(head.headers.get("content-length")), bytes.length);
  const ledger = await simulator.ledger();
  assert.equal(ledger.totalMicroUsd, 1_200_000);
});

test("faults look as they do to the real fetch", async () => {
  const simulator = await open({ runMs: 60_000 });
  const strike = (fault) => simulator.control("faults", [{ fault }]);
  await strike({ kind: "resetAfter" });
  await assert.rejects(submit(simulator, "run"), (error) => {
    assert.ok(error instanceof TypeError);
    assert.equal(error.message, "fetch failed");
    return true;
  });
  assert.equal((await simulator.ledger()).submits[0].outcome, "accepted");

  await strike({ kind: "cut" });
  const cut = await submit(simulator, "run");
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text(), TypeError);

  await strike({ kind: "empty401" });
  const refused = await submit(simulator, "run");
  assert.deepEqual([refused.status, await refused.text()], [401, ""]);

  await strike({ kind: "rateLimit", retryAfter: 3 });
  assert.equal((await submit(simulator, "run")).headers.get("retry-after"), "3");
});

test("a signal's own reason comes back, before and while it waits", async () => {
  const simulator = await open({ runMs: 60_000 });
  const reason = { not: "an error" };
  const ended = AbortSignal.abort(reason);
  const isReason = (error) => error === reason;
  await assert.rejects(submit(simulator, "runsync", { signal: ended }), isReason);
  assert.deepEqual((await simulator.ledger()).submits, [], "it never left");

  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(submit(simulator, "runsync", { signal: controller.signal }), isReason);
  assert.equal((await simulator.ledger()).submits.length, 1, "it had left");
  simulator.close();
});

test("other addresses cannot be reached", async () => {
  const simulator = await open();
  await assert.rejects(simulator.fetch("https://elsewhere.invalid/"), TypeError);
});

test("control says what it cannot do", async () => {
  const simulator = await open();
  await assert.rejects(simulator.control("config", { runMs: "soon" }), /invalid type/);
  assert.equal((await simulator.control("config", { runMs: 7 })).runMs, 7);
  assert.equal((await simulator.control("config")).runMs, 7);
  await assert.rejects(createSimulator({ config: { unheard: 1 } }), /unknown field/);
});

test("a state put away is taken up by another simulator", async () => {
  // Longer than any test waits: the first one's film is not made meanwhile.
  const runMs = 600_000;
  const first = await open({ runMs });
  const { id } = await (await submit(first, "run")).json();
  const second = await open({ runMs });
  second.restore(first.snapshot());
  await second.control("advance", { ms: runMs });
  const answer = await second.fetch(`${SORA}/status/${id}`, { headers: HEADERS });
  assert.equal((await answer.json()).status, "COMPLETED");
  assert.equal((await first.ledger()).totalMicroUsd, 0, "each has its own state");
  assert.throws(() => second.restore("nothing"), /not a simulator's snapshot/);
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
  const runMs = 600_000;
  const first = await open({ runMs, transact: shared(() => first) });
  const second = await open({ runMs, transact: shared(() => second) });
  const { id } = await (await submit(first, "run")).json();
  const answer = await second.fetch(`${SORA}/status/${id}`, { headers: HEADERS });
  assert.equal((await answer.json()).status, "IN_QUEUE");
  assert.equal(changes, 2);
  first.close();
  second.close();
});

test("webhooks are sent where a fetch is given", async () => {
  let resolve;
  const promise = new Promise((given) => (resolve = given));
  const listener = createServer(async (request, response) => {
    const parts = await request.toArray();
    response.end();
    resolve(JSON.parse(Buffer.concat(parts)));
  });
  await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
  const simulator = await open({ deliver: fetch });
  const webhook = `http://127.0.0.1:${listener.address().port}/`;
  const { id } = await (
    await submit(simulator, "run", { body: JSON.stringify({ input: INPUT, webhook }) })
  ).json();
  const sent = await promise;
  assert.deepEqual([sent.id, sent.status], [id, "COMPLETED"]);
  simulator.close();
  listener.close();
  listener.closeAllConnections();
  await assert.rejects(submit(simulator, "run"), /closed/);
});
