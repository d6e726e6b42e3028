// A trap takes the module's instance. It takes no job, no answer and no money with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BOTH,
  PROVIDERS,
  REQUESTS,
  TEXT,
  client,
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
      return trap();
    };
    return [name, ["advance", "check", "quote"].includes(name) ? guarded : value];
  });
  return { exports: Object.fromEntries(mended) };
};

const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error));
process.on("unhandledRejection", (error) => uncaught.push(error));

test("the trap is real", () => {
  assert.throws(trap, WebAssembly.RuntimeError);
});

for (const name of ["advance", "check"]) {
  test(`three jobs are under way when \`${name}\` traps: all three finish, one charge each`, async (t) => {
    const sim = await simulator(t, { runMs: 1_500 });
    const film = client(sim);
    const orders = ["runpod", "runware", "runpod"];
    const jobs = await Promise.all(orders.map((provider) => film.submit(BOTH, { provider })));
    const before = instances;
    broken.set(name, 1);
    if (name === "check") assert.throws(() => film.check(BOTH), { code: "internal" });
    await waitFor(() => instances > before);
    const outcomes = await Promise.all(jobs.map((job) => job.result()));
    assert.deepEqual(
      outcomes.map(({ provider }) => provider),
      orders,
    );
    const { bills, submits } = await sim.ledger();
    assert.deepEqual([bills.length, submits.length], [3, 3]);
    assert.equal(instances, before + 1);
    assert.deepEqual(await film.pending(), []);
  });
}

test("one answer for several jobs is on its way when `advance` traps: each hears it, one charge each", async (t) => {
  const sim = await simulator(t);
  const gate = deferred();
  let shared;
  const film = client(sim, {
    fetch: async (request) => {
      const tasks = await request.clone().json();
      if (tasks.length > 1) {
        shared = true;
        await gate.promise;
      }
      return fetch(request);
    },
  });
  // So many that some are asked for at about the same time, however busy this machine is.
  const jobs = await Promise.all(Array.from({ length: 12 }, () => film.submit(TEXT)));
  await waitFor(() => shared);
  const before = instances;
  broken.set("advance", 1);
  gate.resolve();
  const outcomes = await Promise.all(jobs.map((job) => job.result()));
  assert.equal(outcomes.length, 12);
  assert.equal(instances, before + 1);
  const { bills, submits } = await sim.ledger();
  assert.deepEqual([bills.length, submits.length], [12, 12]);
});

for (const provider of PROVIDERS) {
  test(`${provider}: a job that waits for its turn when the module traps gets it all the same`, async (t) => {
    const sim = await simulator(t);
    const gate = deferred();
    const seen = counting(async (request) => {
      await gate.promise;
      return fetch(request);
    });
    const one = { [provider]: { ...sim.settings[provider], concurrency: 1 } };
    const film = client(sim, { fetch: seen.fetch, ...one });
    const filming = [1, 2, 3].map(() => film.generate(REQUESTS[provider], { provider }));
    await waitFor(() => seen.seen.length === 1);
    broken.set("check", 1);
    assert.throws(() => film.check(TEXT), { code: "internal" });
    gate.resolve();
    const outcomes = await Promise.all(filming);
    assert.equal(outcomes.length, 3);
    const { bills, submits } = await sim.ledger();
    assert.deepEqual([bills.length, submits.length], [3, 3]);
  });

  test(`${provider}: an answer that is on its way when the module traps is heard by the next instance`, async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 300 } });
    const seen = counting();
    const film = client(sim, { fetch: seen.fetch });
    const submitting = film.submit(REQUESTS[provider], { provider });
    await waitFor(() => seen.submits().length === 1);
    broken.set("check", 1);
    assert.throws(() => film.check(TEXT), { code: "internal" });
    const outcome = await (await submitting).result();
    assert.equal(outcome.charge, "charged");
    assert.equal(seen.submits().length, 1);
  });
}

test("after a trap the next call answers at once, and so does the one after", async (t) => {
  const film = client(await simulator(t));
  const known = film.check(BOTH);
  for (let round = 0; round < 3; round++) {
    broken.set("check", 1);
    assert.throws(
      () => film.check(BOTH),
      (error) => error.code === "internal" && error.cause instanceof WebAssembly.RuntimeError,
    );
    assert.deepEqual(film.check(BOTH), known);
    assert.equal(film.quote(BOTH).length, 2);
  }
});

test("a getter that calls in and breaks the module gets an error once, and the outer call its answer", async (t) => {
  const film = client(await simulator(t));
  const inner = [];
  const request = {
    ...TEXT,
    get seed() {
      broken.set("quote", 1);
      for (const use of [() => film.quote(BOTH), () => film.quote(BOTH)]) {
        try {
          use();
        } catch (error) {
          inner.push(error.code);
        }
      }
      return 1;
    },
  };
  assert.ok(film.check(request));
  // Getters run before the outer call: the second inner call has a fresh instance already.
  assert.deepEqual(inner, ["internal"]);
  assert.equal(film.check(BOTH).ok, true);
});

test("a stack that is full in the middle of the module is a trap like any other", async (t) => {
  const film = client(await simulator(t, { runMs: 1_500 }));
  const job = await film.submit(TEXT);
  const codes = new Set();
  const dive = () => {
    try {
      dive();
    } catch {
      // Somewhere on the way up there is room for the call, but not for all of it.
    }
    try {
      codes.add(film.check(BOTH).ok);
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
  assert.equal(film.check(BOTH).ok, true);
  assert.equal((await job.result()).charge, "charged");
});

test("a step that breaks every instance ends the waiting, with the handle; the job itself goes on", async (t) => {
  const sim = await simulator(t);
  const film = client(sim);
  const job = await film.submit(BOTH, { provider: "runpod" });
  broken.set("advance", 1_000);
  const error = await failing(job.result(), "internal");
  broken.clear();
  assert.equal(error.charge, "unknown");
  assert.equal(error.handle.jobId, job.handle.jobId);
  assert.equal((await film.resume(error.handle).result()).videos.length, 1);
  assert.equal((await sim.ledger()).submits.length, 1);
});

test("a trap at any microtask of a request loses no answer, and calls no closure of a dead instance", async (t) => {
  const sim = await simulator(t);
  const trapAfter = async (ticks, film) => {
    for (let tick = 0; tick < ticks; tick++) await undefined;
    broken.set("check", 1);
    try {
      film.check(BOTH);
    } catch (error) {
      assert.equal(error.code, "internal");
    }
    broken.delete("check");
  };
  for (let ticks = 0; ticks < 24; ticks += 6) {
    const jobs = Array.from({ length: 6 }, async (_, at) => {
      const film = client(sim, {
        fetch: async (request) => {
          void trapAfter(ticks + at, film);
          const response = await fetch(request);
          void trapAfter(ticks + at, film);
          return response;
        },
      });
      return film.generate(REQUESTS.runpod, { provider: "runpod" });
    });
    const outcomes = await Promise.all(jobs);
    assert.equal(outcomes.filter(({ charge }) => charge === "charged").length, 6);
  }
  const { bills, submits } = await sim.ledger();
  assert.deepEqual([bills.length, submits.length], [24, 24]);
});

test("nothing of all this was left uncaught", async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(uncaught, []);
});
