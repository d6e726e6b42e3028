// The inputs of the state machine about its requests: queued, sent, answered; and about webhooks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  PROVIDERS,
  REQUESTS,
  TEXT,
  addressOf,
  createClient,
  counting,
  deferred,
  simulator,
  waitFor,
} from "./support.mjs";
import { unpack } from "./unpack.mjs";

/** Every input that goes into the module, with its job. */
const inputs = [];

const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  const advance = (state, stateLength, now, input, inputLength) => {
    const bytes = (from, length) => Buffer.from(exports.memory.buffer, from, length);
    // The first UUID in a state is the handle's id.
    const [key] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(bytes(state, stateLength).toString("latin1"));
    inputs.push({ key, ...unpack(bytes(input, inputLength)) });
    return exports.advance(state, stateLength, now, input, inputLength);
  };
  return { exports: { ...exports, advance } };
};

const REQUEST = new Set(["queued", "sent", "response", "failed"]);

/** The inputs of a job about its first request, in order. */
function first({ handle }) {
  const all = inputs.filter(({ key, type }) => key === handle.id && REQUEST.has(type));
  return all.filter(({ id }) => id === all[0].id).map(({ type }) => type);
}

// No job ends before it is abandoned, however slow the machine is.
const RUN_MS = 600_000;

/** Jobs in a store that are no longer tracked and have ended meanwhile. */
async function abandoned(sim, orders) {
  const store = memoryStore();
  const controller = new AbortController();
  const client = createClient(sim, { store });
  const { signal } = controller;
  const submitting = orders.map(([request, provider]) => client.submit(request, { provider, signal }));
  const jobs = await Promise.all(submitting);
  controller.abort();
  await sim.control("advance", { ms: RUN_MS });
  return { store, handles: jobs.map(({ handle }) => handle) };
}

/** A client with one concurrent request, which is held until the polls of all other jobs are queued. */
async function resumed(sim, { store, handles }) {
  const gate = deferred();
  const seen = counting(async (request) => {
    await gate.promise;
    return fetch(request);
  });
  const one = ({ apiKey, baseURL }) => ({ apiKey, baseURL, maxConcurrency: 1 });
  const { runpod, runware } = sim.settings;
  const settings = { runpod: one(runpod), runware: one(runware) };
  const client = createClient(sim, { store, fetch: seen.fetch, ...settings });
  inputs.length = 0;
  const jobs = handles.map((handle) => client.resume(handle));
  await waitFor(() => {
    const queued = inputs.filter(({ type }) => type === "queued");
    return new Set(queued.map(({ key }) => key)).size >= handles.length - 1;
  });
  gate.resolve();
  await Promise.all(jobs.map((job) => job.result()));
  return { seen, ways: jobs.map((job) => first(job).join()) };
}

for (const provider of PROVIDERS) {
  test(`${provider}: the state machine never times out a submit`, async (t) => {
    const client = createClient(await simulator(t));
    const job = await client.submit(REQUESTS[provider], { provider });
    await job.result();
    assert.deepEqual(first(job), ["queued", "response"]);
  });
}

test("queued polls: queued, sent, answered", async (t) => {
  const sim = await simulator(t, { jobDurationMs: RUN_MS });
  const orders = [1, 2, 3, 4].map(() => [BOTH, "runpod"]);
  const { ways } = await resumed(sim, await abandoned(sim, orders));
  assert.deepEqual(ways.sort(), [
    "queued,sent,response",
    "queued,sent,response",
    "queued,sent,response",
    "response",
  ]);
});

test("batched polls are queued and sent too, and twenty fill a request", async (t) => {
  const sim = await simulator(t, { jobDurationMs: RUN_MS });
  const orders = Array.from({ length: 45 }, () => [TEXT, "runware"]);
  const { seen, ways } = await resumed(sim, await abandoned(sim, orders));
  const sizes = seen.seen.map(({ body }) => JSON.parse(body).length);
  assert.equal(Math.max(...sizes), 20);
  assert.ok(ways.filter((way) => way === "queued,sent,response").length >= 44);
});

test("a running job gets its webhook, also one that came before it was started", async (t) => {
  const sim = await simulator(t, { jobDurationMs: RUN_MS });
  const gate = deferred();
  const orders = [
    [BOTH, "runpod"],
    [TEXT, "runware"],
  ];
  const { store, handles } = await abandoned(sim, orders);
  const slow = { ...store, get: async (key) => (await gate.promise, store.get(key)) };
  const client = createClient(sim, { store: slow });
  const jobs = handles.map((handle) => client.resume(handle));
  const secret = "nobody else knows";
  for (const [at, { provider, id: key, jobId }] of handles.entries()) {
    const url = addressOf(provider, key, secret);
    const body = { id: jobId, taskUUID: jobId, status: "COMPLETED" };
    const event = await client.verifyWebhook({ url, body, secret });
    inputs.length = 0;
    assert.equal(await client.handleWebhook(event), jobs[at]);
  }
  gate.resolve();
  await Promise.all(jobs.map((job) => job.result()));
  for (const { id: key } of handles) {
    assert.ok(inputs.some((input) => input.key === key && input.type === "webhook"));
  }
});
