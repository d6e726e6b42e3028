// filmgate on the simulated providers, as a user's own tests have it: no server, no key, no waiting.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";

const PROVIDERS = ["runpod", "runware"];
const REQUEST = { model: "wan-2.6", prompt: "A lighthouse", duration: 5, resolution: "720p" };

/** Timers and clock go as fast as the work between them allows. */
function hurry(t) {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  let goesOn = true;
  const go = () => {
    if (!goesOn) return;
    mock.timers.tick(50);
    setImmediate(go);
  };
  go();
  t.after(() => {
    goesOn = false;
    mock.timers.reset();
  });
}

function open(options) {
  const simulator = createSimulator(options);
  return { simulator, client: createFilmgate(simulator.options) };
}

async function failing(promise, code) {
  const error = await promise.then(
    () => assert.fail(`expected ${code}`),
    (thrown) => thrown,
  );
  assert.equal(error.code, code, error.message);
  return error;
}

for (const provider of PROVIDERS) {
  test(`${provider}: three minutes of generating, in mocked time`, async (t) => {
    hurry(t);
    const { simulator, client } = open({ jobDurationMs: 180_000 });
    const outcome = await client.generate(REQUEST, { provider });
    const [submit, ...others] = simulator.submissions();
    assert.deepEqual([submit.outcome, submit.provider, others], ["accepted", provider, []]);
    const [bill] = simulator.charges();
    assert.equal(bill.microUsd, Math.round(outcome.costUsd * 1e6));
    assert.equal(bill.atMs - submit.atMs, 180_000);
    const pieces = [];
    const sink = new WritableStream({ write: (piece) => void pieces.push(piece) });
    const { bytes } = await client.download(outcome.videos[0], sink);
    const whole = Buffer.concat(pieces);
    assert.deepEqual([whole.length, whole.subarray(4, 8).toString()], [bytes, "ftyp"]);
  });

  test(`${provider}: polls that fail do not fail the job`, async (t) => {
    hurry(t);
    const { simulator, client } = open({ jobDurationMs: 30_000 });
    simulator.injectFault({ operation: "poll", times: 3, fault: { kind: "error", status: 503 } });
    const { videos } = await client.generate(REQUEST, { provider });
    assert.equal(videos.length, 1);
    assert.equal(simulator.submissions().length, 1);
  });
}

test("a submit's lost response is reconciled at Runware and unknown at RunPod: one charge each", async (t) => {
  hurry(t);
  const { simulator, client } = open({ jobDurationMs: 30_000 });
  for (const provider of PROVIDERS) {
    simulator.injectFault({ provider, operation: "submit", fault: { kind: "resetAfter" } });
  }
  const error = await failing(client.generate(REQUEST, { provider: "runpod" }), "submission_unknown");
  assert.equal(error.charge, "unknown");
  assert.equal((await client.generate(REQUEST, { provider: "runware" })).videos.length, 1);
  simulator.advance(30_000);
  const billed = simulator.charges().map(({ provider }) => provider);
  assert.deepEqual(billed.sort(), PROVIDERS);
});

test("the providers' real URLs work, too, and a wrong one costs nothing", async (t) => {
  hurry(t);
  const simulator = createSimulator();
  const keys = { runpod: { apiKey: "test" }, runware: { apiKey: "test" } };
  const client = createFilmgate({ fetch: simulator.fetch, ...keys });
  await client.generate(REQUEST, { provider: "runpod" });
  await client.generate(REQUEST, { provider: "runware" });
  assert.equal(simulator.charges().length, 2);

  for (const provider of PROVIDERS) {
    const elsewhere = { [provider]: { apiKey: "test", baseURL: "https://gateway.example/v1" } };
    const lost = createFilmgate({ ...simulator.options, ...elsewhere });
    const error = await failing(lost.generate(REQUEST, { provider }), "connection_error");
    assert.equal(error.charge, "none");
    assert.match(error.cause.message, /nothing was sent to https:\/\/gateway\.example\./);
  }
  assert.equal(simulator.submissions().length, 2);
});

test("what is submitted in the environment's name stays here", async (t) => {
  hurry(t);
  const before = process.env.RUNPOD_API_KEY;
  process.env.RUNPOD_API_KEY = "a-real-key";
  t.after(() => {
    if (before === undefined) delete process.env.RUNPOD_API_KEY;
    else process.env.RUNPOD_API_KEY = before;
  });
  const seen = [];
  const { simulator } = open();
  const spying = (request) => {
    seen.push(request.headers.get("authorization"), new URL(request.url).hostname);
    return simulator.fetch(request);
  };
  const client = createFilmgate({ ...simulator.options, fetch: spying });
  const job = await client.submit(REQUEST, { provider: "runpod" });
  assert.deepEqual(seen.slice(0, 2), ["Bearer simulated", "simulator.invalid"]);
  await job.result();
});
