// A trap destroys the module's instance. No job, response or money is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { composePrompt, memoryStore } from "../../pkg/dist/index.js";
import { send } from "../../pkg/dist/core/core.js";
import {
  BOTH,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  deferred,
  failing,
  simulator,
  waitFor,
} from "./support.mjs";

// A module of one function whose body is `unreachable`: what it throws is a trap of the engine itself.
const TRAP = "0061736d0100000001040160000003020100070501017400000a05010300000b";
const trap = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(TRAP, "hex"))).exports.t;

/** Exports that trap when they are called the next time, and how often. */
const broken = new Map();
/** Called once when one of them traps. */
let duringTrap;
let instances = 0;

const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  instances += 1;
  const { exports } = new Instance(module, imports);
  const mended = Object.entries(exports).map(([name, value]) => {
    const guarded = (...args) => {
      const left = broken.get(name) ?? 0;
      if (left === 0) return value(...args);
      broken.set(name, left - 1);
      duringTrap?.();
      duringTrap = undefined;
      return trap();
    };
    return [name, ["advance", "assess"].includes(name) ? guarded : value];
  });
  return { exports: Object.fromEntries(mended) };
};

let seed = 0;
/** The same request with another seed: the last result is remembered, and the module not called. */
const another = (request) => ({ ...request, seed: (seed += 1) });

const INVALID = { name: "FilmgateError", code: "invalid_request" };

const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error));
process.on("unhandledRejection", (error) => uncaught.push(error));

test("the trap is real", () => {
  assert.throws(trap, WebAssembly.RuntimeError);
});

for (const name of ["advance", "assess"]) {
  test(`three jobs are tracked when \`${name}\` traps: all three finish, one charge each`, async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const client = createClient(sim);
    const orders = ["runpod", "runware", "runpod"];
    const jobs = await Promise.all(orders.map((provider) => client.submit(BOTH, { provider })));
    const before = instances;
    broken.set(name, 1);
    if (name === "assess") assert.throws(() => client.validate(another(BOTH)), { code: "internal_error" });
    await waitFor(() => instances > before);
    const outcomes = await Promise.all(jobs.map((job) => job.result()));
    assert.deepEqual(
      outcomes.map(({ provider }) => provider),
      orders,
    );
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, submissions.length], [3, 3]);
    assert.equal(instances, before + 1);
    assert.deepEqual(await client.jobs({ pending: true }), []);
  });
}

test("one response for several jobs is in flight when `advance` traps: each job gets it, one charge each", async (t) => {
  const sim = await simulator(t);
  const gate = deferred();
  let shared;
  const client = createClient(sim, {
    fetch: async (request) => {
      const tasks = await request.clone().json();
      if (tasks.length > 1) {
        shared = true;
        await gate.promise;
      }
      return fetch(request);
    },
  });
  // So many that some are polled at about the same time, however busy this machine is.
  const jobs = await Promise.all(Array.from({ length: 12 }, () => client.submit(TEXT)));
  await waitFor(() => shared);
  const before = instances;
  broken.set("advance", 1);
  gate.resolve();
  const outcomes = await Promise.all(jobs.map((job) => job.result()));
  assert.equal(outcomes.length, 12);
  assert.equal(instances, before + 1);
  const { charges, submissions } = await sim.ledger();
  assert.deepEqual([charges.length, submissions.length], [12, 12]);
});

for (const provider of PROVIDERS) {
  test(`${provider}: a job that is queued when the module traps is sent later`, async (t) => {
    const sim = await simulator(t);
    const gate = deferred();
    const seen = counting(async (request) => {
      await gate.promise;
      return fetch(request);
    });
    const one = { [provider]: { ...sim.settings[provider], maxConcurrency: 1 } };
    const client = createClient(sim, { fetch: seen.fetch, ...one });
    const generating = [1, 2, 3].map(() => client.generate(REQUESTS[provider], { provider }));
    await waitFor(() => seen.seen.length === 1);
    broken.set("assess", 1);
    assert.throws(() => client.validate(another(TEXT)), { code: "internal_error" });
    gate.resolve();
    const outcomes = await Promise.all(generating);
    assert.equal(outcomes.length, 3);
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, submissions.length], [3, 3]);
  });

  test(`${provider}: a response that is in flight when the module traps reaches the next instance`, async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 300 } });
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const submitting = client.submit(REQUESTS[provider], { provider });
    await waitFor(() => seen.submissions().length === 1);
    broken.set("assess", 1);
    assert.throws(() => client.validate(another(TEXT)), { code: "internal_error" });
    const outcome = await (await submitting).result();
    assert.equal(outcome.charge, "charged");
    assert.equal(seen.submissions().length, 1);
  });
}

test("after a trap the next call succeeds, and so does the one after", async (t) => {
  const client = createClient(await simulator(t));
  const known = client.validate(another(BOTH));
  for (let round = 0; round < 3; round++) {
    broken.set("assess", 1);
    assert.throws(
      () => client.validate(another(BOTH)),
      (error) => error.code === "internal_error" && error.cause instanceof WebAssembly.RuntimeError,
    );
    assert.deepEqual(client.validate(another(BOTH)), known);
    assert.equal(client.quote(another(BOTH)).length, 2);
  }
});

test("a getter that calls the trapped module gets an error once, and the outer call its result", async (t) => {
  const client = createClient(await simulator(t));
  const inner = [];
  const request = {
    ...TEXT,
    get seed() {
      broken.set("assess", 1);
      for (const use of [() => client.quote(another(BOTH)), () => client.quote(another(BOTH))]) {
        try {
          use();
        } catch (error) {
          inner.push(error.code);
        }
      }
      return 1;
    },
  };
  assert.ok(client.validate(request));
  // Getters run before the outer call: the second inner call has a fresh instance already.
  assert.deepEqual(inner, ["internal_error"]);
  assert.equal(client.validate(another(BOTH)).ok, true);
});

test("a stack overflow in the module is a trap like any other", async (t) => {
  const client = createClient(await simulator(t, { jobDurationMs: 1_500 }));
  const job = await client.submit(TEXT);
  const codes = new Set();
  const dive = () => {
    try {
      dive();
    } catch {
      // Somewhere on the way up there is room for the call, but not for all of it.
    }
    try {
      codes.add(client.validate(another(BOTH)).ok);
    } catch (error) {
      codes.add(error.code ?? error.name);
    }
  };
  try {
    dive();
  } catch (error) {
    codes.add(error.name);
  }
  assert.ok(codes.has(true));
  assert.equal(client.validate(another(BOTH)).ok, true);
  assert.equal((await job.result()).charge, "charged");
});

test("a step that traps every instance rejects with the handle; the job itself continues", async (t) => {
  const sim = await simulator(t);
  const client = createClient(sim);
  const job = await client.submit(BOTH, { provider: "runpod" });
  broken.set("advance", 1_000);
  const error = await failing(job.result(), "internal_error");
  broken.clear();
  assert.equal(error.charge, "unknown");
  assert.equal(error.handle.jobId, job.handle.jobId);
  assert.equal((await client.resume(error.handle).result()).videos.length, 1);
  assert.equal((await sim.ledger()).submissions.length, 1);
});

/** Runs when `advance` is called the next time, which then traps. */
function trapAdvance(meanwhile) {
  broken.set("advance", 1);
  duringTrap = meanwhile;
}

test("a write that completes while a step is retried is not lost: the end is stored", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600 });
  const store = memoryStore();
  const gate = deferred();
  let isWriting = false;
  const put = async (id, record, revision) => {
    const isWritten = await store.put(id, record, revision);
    isWriting = revision === 1;
    if (isWriting) await gate.promise;
    return isWritten;
  };
  const client = createClient(sim, { store: { ...store, put } });
  const generating = client.generate(REQUESTS.runpod, { provider: "runpod", timeoutMs: 20_000 });
  await waitFor(() => isWriting);
  trapAdvance(gate.resolve);
  const { videos } = await generating;
  assert.equal(videos.length, 1);
  const [{ record }] = await store.list();
  assert.equal(record.status, "completed");
});

test("a cancel during the retry of a step is not lost", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 20_000 });
  const client = createClient(sim);
  const job = await client.submit(REQUESTS.runpod, { provider: "runpod" });
  let cancelling;
  trapAdvance(() => (cancelling = job.cancel()));
  await waitFor(() => cancelling);
  assert.equal((await cancelling).result, "cancelled");
  assert.equal((await failing(job.result(), "cancelled")).charge, "unknown");
});

test("responses are not retained after they were read", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc");
  const text = () => Buffer.from("x".repeat(1_000_000)).toString("latin1");
  const respond = async () => ({ status: 200, headers: new Headers(), text: async () => text() });
  const sendMany = async () => {
    for (let i = 0; i < 40; i++) {
      const request = { url: "https://gateway.example/", headers: new Headers(), body: null };
      await send(request, respond, new AbortController().signal);
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await sendMany();
  assert.ok((await sendMany()) - before < 10_000_000);
});

test("a wrong argument of `composePrompt` is `invalid_request`, and destroys no instance", () => {
  const before = instances;
  for (const action of [undefined, null, 5, {}]) assert.throws(() => composePrompt({ action }), INVALID);
  assert.throws(() => composePrompt({ action: "A fox runs", ambientSound: 5 }), INVALID);
  assert.throws(() => composePrompt(), INVALID);
  assert.match(composePrompt({ action: "A fox runs" }), /A fox runs/);
  assert.equal(instances, before);
});

test("a trap at any microtask of a request loses no response, and calls no closure of a dead instance", async (t) => {
  const sim = await simulator(t);
  const trapAfter = async (ticks, client) => {
    for (let tick = 0; tick < ticks; tick++) await undefined;
    broken.set("assess", 1);
    try {
      client.validate(another(BOTH));
    } catch (error) {
      assert.equal(error.code, "internal_error");
    }
    broken.delete("assess");
  };
  for (let ticks = 0; ticks < 24; ticks += 6) {
    const jobs = Array.from({ length: 6 }, async (_, at) => {
      const client = createClient(sim, {
        fetch: async (request) => {
          void trapAfter(ticks + at, client);
          const response = await fetch(request);
          void trapAfter(ticks + at, client);
          return response;
        },
      });
      return client.generate(REQUESTS.runpod, { provider: "runpod" });
    });
    const results = await Promise.all(jobs);
    assert.equal(results.filter(({ charge }) => charge === "charged").length, 6);
  }
  const { charges, submissions } = await sim.ledger();
  assert.deepEqual([charges.length, submissions.length], [24, 24]);
});

test("no rejection is unhandled", async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(uncaught, []);
});
