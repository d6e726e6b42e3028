// A wrong fault would be unfair to a client: every fault does what its name says, at every fake.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fal } from "../fakes/fal.mjs";
import { startHttpFake } from "../fakes/http.mjs";
import { openai } from "../fakes/openai.mjs";
import { replicate } from "../fakes/replicate.mjs";
import { startRunpod, startRunware } from "../fakes/simulator.mjs";

const RUN_MS = 300;
const LONG_MS = 600_000;
const TASK = "5b1d4e64-6c3f-4c1e-9a45-0c5b6d1f2a10";
const KEY = { authorization: "Bearer any-key" };
const json = (body) => ({ method: "POST", headers: KEY, body: JSON.stringify(body) });
const input = { prompt: "A fire", image: "https://example.com/a.jpeg", size: "720p", duration: 4 };
const inference = {
  taskType: "videoInference",
  taskUUID: TASK,
  model: "openai:3@2",
  positivePrompt: "A fire",
  width: 1280,
  height: 720,
  duration: 4,
};

/** How each API is used: a submit, and a poll of the created job. */
const APIS = {
  openai: {
    start: (options) => startHttpFake(openai, options),
    submit: (base) => fetch(`${base}/videos`, json({})),
    ask: (base, { id }) => fetch(`${base}/videos/${id}`),
  },
  fal: {
    start: (options) => startHttpFake(fal, options),
    submit: (base) => fetch(`${base}/fal-ai/a`, json({})),
    ask: (base, { request_id: id }) => fetch(`${base}/fal-ai/a/requests/${id}/status`),
  },
  replicate: {
    start: (options) => startHttpFake(replicate, options),
    submit: (base) => fetch(`${base}/models/a/b/predictions`, json({})),
    ask: (base, { id }) => fetch(`${base}/predictions/${id}`),
  },
  runpod: {
    start: startRunpod,
    submit: (base) => fetch(`${base}/sora-2-pro-i2v/run`, json({ input })),
    ask: (base, { id }) => fetch(`${base}/sora-2-pro-i2v/status/${id}`, { headers: KEY }),
  },
  runware: {
    start: startRunware,
    submit: (base) => fetch(base, json([inference])),
    ask: (base) => fetch(base, json([{ taskType: "getResponse", taskUUID: TASK }])),
  },
};

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ended = () => wait(RUN_MS + 100);
const idle = () => wait(50);

// They mostly wait for jobs to end, so they run in parallel.
describe("faults", { concurrency: true }, () => {
  for (const [name, api] of Object.entries(APIS)) describeApi(name, api);
});

function describeApi(name, { start, submit, ask }) {
  const begin = async (t, rules = [], jobDurationMs = RUN_MS) => {
    const fake = await start({ jobDurationMs });
    t.after(fake.stop);
    await fake.strike(rules);
    return fake;
  };
  const struck = (operation, kind, fields) => [{ operation, times: 1, fault: { kind, ...fields } }];
  const charges = async ({ jobs }) => (await jobs()).filter(({ charged }) => charged).length;

  test(`${name}: its requests are counted, and what runs is not charged yet`, async (t) => {
    const fake = await begin(t, [], LONG_MS);
    const made = await (await submit(fake.address)).json();
    assert.ok((await ask(fake.address, made)).ok);
    assert.equal(await charges(fake), 0);
    const operations = fake.requests.map(({ operation }) => operation);
    assert.deepEqual(operations, ["submit", "poll"]);
  });

  test(`${name}: an error is answered once, and makes no job`, async (t) => {
    const fake = await begin(t, struck("submit", "error", { status: 503 }));
    const first = await submit(fake.address);
    assert.equal(first.status, 503);
    assert.equal(typeof (await first.json()), "object");
    assert.deepEqual(await fake.jobs(), []);
    assert.ok((await submit(fake.address)).ok);
    assert.equal((await fake.jobs()).length, 1);
  });

  test(`${name}: 429 makes no job`, async (t) => {
    const fake = await begin(t, struck("submit", "rateLimit"));
    assert.equal((await submit(fake.address)).status, 429);
    assert.deepEqual(await fake.jobs(), []);
  });

  test(`${name}: a reset before acceptance makes no job, one after it makes one`, async (t) => {
    const fake = await begin(t, struck("submit", "resetBefore"));
    await assert.rejects(submit(fake.address), isReset);
    assert.deepEqual(await fake.jobs(), []);
    await fake.strike(struck("submit", "resetAfter"));
    await assert.rejects(submit(fake.address), isReset);
    await ended();
    assert.equal(await charges(fake), 1);
  });

  test(`${name}: broken JSON is in a complete message, and the job is created`, async (t) => {
    const fake = await begin(t, struck("submit", "truncated"));
    const answer = await submit(fake.address);
    assert.ok(answer.ok);
    await assert.rejects(answer.json(), SyntaxError);
    assert.equal((await fake.jobs()).length, 1);
  });

  test(`${name}: an error after acceptance is answered once, and makes a job`, async (t) => {
    const fake = await begin(t, struck("submit", "error", { status: 503, after: true }));
    assert.equal((await submit(fake.address)).status, 503);
    assert.equal((await fake.jobs()).length, 1);
  });

  test(`${name}: a reused connection is closed after acceptance, a new one is not`, async (t) => {
    const onReused = [{ ...struck("submit", "closeAfter")[0], reused: true }];
    const fresh = await begin(t, onReused);
    assert.ok((await submit(fresh.address)).ok);
    const fake = await begin(t, onReused);
    await (await ask(fake.address, { id: "none", request_id: "none" })).text();
    await idle();
    await assert.rejects(submit(fake.address), isClosed);
    assert.equal((await fake.jobs()).length, 1);
  });

  test(`${name}: a fault of polls leaves submits alone`, async (t) => {
    const fake = await begin(t, struck("poll", "resetBefore"));
    const made = await (await submit(fake.address)).json();
    await assert.rejects(ask(fake.address, made), isReset);
    assert.ok((await ask(fake.address, made)).ok);
  });
}

test("replicate: a submit with `Prefer: wait` responds at the end", async (t) => {
  const fake = await startHttpFake(replicate, { jobDurationMs: RUN_MS });
  t.after(fake.stop);
  const held = { ...json({}), headers: { prefer: "wait" } };
  const answer = await fetch(`${fake.address}/models/a/b/predictions`, held);
  assert.equal((await answer.json()).status, "succeeded");
});

test("runpod: a job is not found at first", async (t) => {
  const { start, submit, ask } = APIS.runpod;
  const fake = await start({ jobDurationMs: RUN_MS });
  t.after(fake.stop);
  const fault = { kind: "odd", oddity: "notFoundAtFirst" };
  await fake.strike([{ operation: "poll", times: 1, fault }]);
  const made = await (await submit(fake.address)).json();
  assert.equal((await ask(fake.address, made)).status, 404);
  assert.ok((await ask(fake.address, made)).ok);
});

/** What the answer to a poll says at the end, by the form of the field mode. */
const ENDS = {
  taskRateLimit: [({ errors }) => errors[0], "code", /^providerRateLimitExceeded$/],
  freeRefusal: [({ errors }) => errors[0], "responseContent", /You will not be charged/],
  urlData: [({ data }) => data[0], "videoURL", /^data:video\/mp4;base64,/],
};
for (const [oddity, [entryOf, field, words]] of Object.entries(ENDS)) {
  test(`runware: a task ends with ${oddity}, charged only if there is a video`, async (t) => {
    const { start, submit, ask } = APIS.runware;
    const fake = await start({ jobDurationMs: RUN_MS, config: { fieldMode: [oddity] } });
    t.after(fake.stop);
    await submit(fake.address);
    await ended();
    const entry = entryOf(await (await ask(fake.address)).json());
    assert.match(entry[field], words);
    assert.equal(entry.taskUUID, TASK);
    const charged = (await fake.jobs()).filter((job) => job.charged);
    assert.equal(charged.length, oddity === "urlData" ? 1 : 0);
  });
}

function isClosed(error) {
  assert.equal(error.cause?.code, "UND_ERR_SOCKET", String(error.cause));
  return true;
}

function isReset(error) {
  assert.equal(error.cause?.code, "ECONNRESET", String(error.cause));
  return true;
}
