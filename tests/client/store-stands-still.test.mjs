// A limit is a limit: where a store or a lease stands still or fails, a call ends in time, nothing is sent unseen,
// and what counts as not stored does not stay.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { BOTH, PROVIDERS, REQUESTS, TEXT, createClient, deferred, failing, nothingSent, simulator, waitFor } from "./support.mjs";

const KEY = "2f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11";
const never = () => new Promise(() => {});
/** What hangs hangs for ever, so a busy machine has time. */
const SLACK_MS = 120_000;

/** The call ends in about so many milliseconds. */
async function within(ms, work) {
  const since = performance.now();
  const end = await Promise.race([work().then((value) => ({ value }), (error) => ({ error })), sleep(ms + SLACK_MS, "late", { ref: false })]);
  assert.notEqual(end, "late", `not over after ${ms + SLACK_MS} ms`);
  assert.ok(performance.now() - since >= ms - 100, "it ended early");
  if ("error" in end) throw end.error;
  return end.value;
}

describe("a store that stands still", { concurrency: true }, () => {
  for (const method of ["put", "lease", "get"]) {
    const options = { timeoutMs: 700, ...(method === "get" && { idempotencyKey: KEY }) };
    for (const call of ["submit", "start", "generate"]) {
      test(`${call} ends in time where \`${method}\` hangs, and nothing is ever sent`, async (t) => {
        const sim = await simulator(t);
        const client = createClient(sim, { store: { ...memoryStore(), [method]: never } });
        const error = await within(700, () => failing(client[call](TEXT, options), "store_error"));
        assert.deepEqual([error.charge, error.retryable], ["none", true]);
        assert.match(error.message, /nothing was sent/i);
        await nothingSent(sim);
      });
    }
  }

  for (const method of ["lease", "get"]) {
    test(`resume, status and cancel end in time where \`${method}\` hangs`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 60_000 });
      const handle = await createClient(sim).start(BOTH, { provider: "runpod" });
      const store = { ...memoryStore(), [method]: never };
      const client = () => createClient(sim, { store, requestTimeoutMs: 700 });
      await Promise.all([
        within(700, () => failing(client().resume(handle, { timeoutMs: 700 }).result(), "timeout")),
        within(700, () => failing(client().resume(handle, { timeoutMs: 700 }).cancel(), "timeout")),
        within(700, () => failing(client().status(handle, { timeoutMs: 700 }), "timeout")),
        within(700, () => failing(client().status(handle), "timeout")),
      ]);
    });
  }

  test("the wait for a lease ends with the call, so that it keeps no process alive", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 600_000 });
    const handle = await createClient(sim).start(BOTH, { provider: "runpod" });
    const signals = [];
    const lease = (key, work, signal) =>
      new Promise((_, reject) => {
        signals.push(signal);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const client = createClient(sim, { store: { ...memoryStore(), lease } });
    await failing(client.resume(handle, { timeoutMs: 300 }).result(), "timeout");
    await failing(client.resume(handle, { timeoutMs: 300 }).cancel(), "timeout");
    assert.ok(signals.length >= 2);
    await waitFor(() => signals.every(({ aborted }) => aborted));
  });

  test("resume ends in time while another client holds the lease, and takes over after it", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 600_000 });
    const store = memoryStore();
    const job = await createClient(sim, { store }).submit(TEXT);
    const other = createClient(sim, { store });
    await within(600, () => failing(other.resume(job.handle, { timeoutMs: 600 }).result(), "timeout"));
    await sim.control("advance", { ms: 600_000 });
    await job.result();
    assert.equal((await other.resume(job.handle).result()).videos.length, 1);
  });

  test("a result is delivered in time where the write of it hangs", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const handle = await createClient(sim, { store }).start(TEXT);
    await sleep(500);
    const client = createClient(sim, { store: { ...store, put: never } });
    const { videos } = await within(0, () => client.resume(handle, { timeoutMs: 10_000 }).result());
    assert.equal(videos.length, 1);
    const { status } = await within(0, () => client.status(handle, { timeoutMs: 10_000 }));
    assert.equal(status, "completed");
  });

  test("an aborted submit ends at once where the lease ignores the signal", async (t) => {
    const sim = await simulator(t);
    const gate = deferred();
    const store = memoryStore();
    const lease = (key, work) => gate.promise.then(() => store.lease(key, work));
    const client = createClient(sim, { store: { ...store, lease } });
    const abort = new AbortController();
    const starting = client.start(TEXT, { signal: abort.signal });
    await sleep(50);
    abort.abort("enough");
    await assert.rejects(within(0, () => starting), (reason) => reason === "enough");
    gate.resolve();
    await sleep(200);
    await nothingSent(sim);
  });

  test("a lease that comes after the timeout sends nothing, and the slot is free for others", async (t) => {
    const sim = await simulator(t);
    const gate = deferred();
    const store = memoryStore();
    let isSlow = true;
    const lease = async (key, work) => {
      if (isSlow) await gate.promise;
      return store.lease(key, work);
    };
    const one = { runware: { ...sim.settings.runware, maxConcurrency: 1 } };
    const client = createClient(sim, { ...one, store: { ...store, lease } });
    await failing(client.submit(TEXT, { timeoutMs: 300 }), "store_error");
    isSlow = false;
    assert.equal((await client.generate(TEXT)).videos.length, 1);
    gate.resolve();
    await sleep(300);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });
});

describe("what is not stored does not stay", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: a write that is carried out and then throws leaves no phantom, and blocks no key`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      let fails = true;
      const put = async (...args) => {
        const written = await store.put(...args);
        if (fails) throw new Error("ECONNRESET");
        return written;
      };
      const client = createClient(sim, { store: { ...store, put } });
      const options = { provider, idempotencyKey: KEY };
      const error = await failing(client.submit(REQUESTS[provider], options), "store_error");
      assert.deepEqual([error.charge, error.retryable], ["none", true]);
      assert.deepEqual(await client.jobs({ pending: true }), []);
      assert.deepEqual(await store.list(), []);
      fails = false;
      assert.equal((await client.generate(REQUESTS[provider], options)).videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });

    test(`${provider}: a first write that settles after the timeout is taken back, and the same key submits again`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const gate = deferred();
      let isSlow = true;
      const put = async (...args) => {
        if (isSlow) await gate.promise;
        return store.put(...args);
      };
      const client = createClient(sim, { store: { ...store, put } });
      const options = { provider, idempotencyKey: KEY };
      const error = await failing(client.submit(REQUESTS[provider], { ...options, timeoutMs: 400 }), "store_error");
      assert.deepEqual([error.charge, error.retryable], ["none", true]);
      isSlow = false;
      const again = client.generate(REQUESTS[provider], options);
      await sleep(100);
      gate.resolve();
      assert.equal((await again).videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
      assert.deepEqual(await client.jobs({ pending: true }), []);
    });
  }

  test("the record of another client with the same key is not removed", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const first = await createClient(sim, { store }).start(TEXT, { idempotencyKey: KEY });
    // A client that does not see it at first.
    let isBlind = true;
    const get = async (key) => (isBlind ? ((isBlind = false), undefined) : store.get(key));
    const second = await createClient(sim, { store: { ...store, get } }).start(TEXT, { idempotencyKey: KEY });
    assert.equal(second.id, first.id);
    assert.equal((await store.list()).length, 1);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });
});

describe("a store that fails after acceptance", { concurrency: true }, () => {
  test("is told by an update, and the record is written again", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const store = memoryStore();
    let fails = 0;
    let puts = 0;
    const put = async (...args) => {
      if ((puts += 1) === 2) {
        fails += 1;
        throw new Error("ENOSPC");
      }
      return store.put(...args);
    };
    const client = createClient(sim, { store: { ...store, put } });
    const job = await client.submit(BOTH, { provider: "runpod" });
    const updates = [];
    for await (const update of job) updates.push(update);
    assert.equal(fails, 1);
    assert.ok(updates.some(({ error }) => error?.code === "store_error"), JSON.stringify(updates));
    assert.equal((await job.result()).videos.length, 1);
    assert.deepEqual((await client.jobs()).map(({ status }) => status), ["completed"]);
  });

  test("the last record is written later, so that no job stays open that has ended", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    let fails = false;
    const put = async (...args) => {
      if (fails) throw new Error("ENOSPC");
      return store.put(...args);
    };
    const client = createClient(sim, { store: { ...store, put } });
    const job = await client.submit(BOTH, { provider: "runpod" });
    fails = true;
    assert.equal((await job.result()).videos.length, 1);
    fails = false;
    await waitFor(async () => (await client.jobs())[0]?.status === "completed");
  });

  test("a write that was carried out before it threw does not stop later ones", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    let puts = 0;
    const put = async (...args) => {
      const written = await store.put(...args);
      if ((puts += 1) === 2) throw new Error("ECONNRESET");
      return written;
    };
    const client = createClient(sim, { store: { ...store, put } });
    await client.generate(BOTH, { provider: "runpod" });
    assert.deepEqual((await client.jobs()).map(({ status }) => status), ["completed"]);
  });
});

test("a record under another job's key is not resumed", async (t) => {
  const sim = await simulator(t);
  const store = memoryStore();
  const client = createClient(sim, { store });
  const handle = await client.start(TEXT);
  const { record } = await store.get(handle.id);
  await store.put(KEY, record, 0);
  await failing(client.resume({ ...handle, id: KEY }).result(), "job_not_found");
  await failing(client.status({ ...handle, id: KEY }), "job_not_found");
});

test("a cancel whose requests hang ends with the job's time limit", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 60_000 });
  const fetch_ = (request) => (request.url.includes("/cancel/") ? never() : fetch(request));
  const client = createClient(sim, { fetch: fetch_, requestTimeoutMs: 6_000 });
  const job = await client.submit(BOTH, { provider: "runpod", timeoutMs: 8_000 });
  // The deadline of the request and that of the job are close: either may be met first.
  const cancelled = () => job.cancel().catch(({ code, charge }) => ({ result: code, charge }));
  for (const limitMs of [8_000, 6_000]) {
    const { result, charge } = await Promise.race([cancelled(), sleep(limitMs + SLACK_MS, { result: "late" }, { ref: false })]);
    assert.match(result, /^(timeout|unsupported)$/);
    assert.equal(charge, "unknown");
    // After the end, a cancel has the time of one request.
    await job.result().catch(() => {});
  }
});

test("an aborted download ends at once where the sink stands still", async () => {
  const client = createClient({ settings: {} }, { fetch: async () => new Response("video") });
  const abort = new AbortController();
  const sink = new WritableStream({ write: never });
  const loading = client.download({ url: "https://videos.example.com/v.mp4" }, sink, { signal: abort.signal });
  await sleep(50);
  abort.abort("enough");
  await assert.rejects(within(0, () => loading), (reason) => reason === "enough");
});

describe("the gateway's client", { concurrency: true }, () => {
  const gateway = { url: "https://gateway.example", apiKey: "fgw_0123456789" };
  const unsent = () => assert.fail("it was sent");

  for (const method of ["put", "lease"]) {
    test(`a submit ends in time where \`${method}\` hangs, and nothing is sent`, async () => {
      const store = { ...memoryStore(), [method]: never };
      const client = createFilmgate({ gateway, store, fetch: unsent });
      const error = await within(600, () => client.submit(TEXT, { timeoutMs: 600 }).then(assert.fail, (thrown) => thrown));
      assert.deepEqual([error.name, error.charge, error.retryable], ["FilmgateError", "none", true]);
    });
  }

  test("a write that is carried out and then throws leaves no record", async () => {
    const store = memoryStore();
    const put = async (...args) => {
      await store.put(...args);
      throw new Error("ECONNRESET");
    };
    const client = createFilmgate({ gateway, store: { ...store, put }, fetch: unsent });
    await failing(client.submit(TEXT), "store_error");
    assert.deepEqual(await store.list(), []);
  });

  test("status ends in time where `get` hangs", async () => {
    const client = createFilmgate({ gateway, store: { ...memoryStore(), get: never }, fetch: unsent });
    const handle = { version: 1, id: KEY, gateway: gateway.url, jobId: "video_1", provider: "runware" };
    await within(500, () => failing(client.status(handle, { timeoutMs: 500 }), "timeout"));
  });
});

test("jobs and deleteJob: what the store throws is the cause of a `store_error`", async () => {
  const cause = new Error("no disk");
  const fails = () => {
    throw cause;
  };
  const broken = createFilmgate({ store: { ...memoryStore(), list: fails, delete: fails } });
  const handle = { id: KEY };
  for (const call of [() => broken.jobs(), () => broken.deleteJob(handle)]) {
    assert.equal((await failing(call(), "store_error")).cause, cause);
  }
  for (const list of [undefined, null, 5]) {
    await failing(createFilmgate({ store: { ...memoryStore(), list: async () => list } }).jobs(), "store_error");
  }
  const odd = createFilmgate({ store: { ...memoryStore(), list: async () => [null, 5, {}, { record: 5 }] } });
  assert.deepEqual(await odd.jobs(), []);
});

test("a lease that never calls its function sends nothing and does not hang", async () => {
  const store = { ...memoryStore(), lease: async () => {} };
  const client = createFilmgate({ runware: { apiKey: "key" }, store, fetch: () => assert.fail("it was sent") });
  const error = await failing(client.submit(TEXT), "store_error");
  assert.deepEqual([error.charge, error.retryable], ["none", true]);
  const handle = { version: 1, provider: "runware", model: "sora-2-pro", providerModelId: "openai:3@2", id: KEY, n: 1 };
  await failing(client.resume({ ...handle, createdAt: 1, submittedAt: 1 }).result(), "store_error");
});
