// Runware's own price from a dry run. It is never taken for a submit, and a header that is ignored never loses a job.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { folderOf } from "./processes.mjs";
import { KEY, PROMPT, TEXT, counting, createClient, failing, simulator } from "./support.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const LIVE = { live: true };
const WORDS = "This prompt is too odd.";

const runware = (quotes) => quotes.find(({ provider }) => provider === "runware");
const IGNORED = { operation: "submit", fault: { kind: "ignoreDryRun" } };

/** A client whose Runware answers each dry run so. */
function answering(sim, body, { status = 200, ...options } = {}) {
  const fetch = async (request) => {
    const [task] = JSON.parse(await request.text());
    return Response.json(body(task), { status });
  };
  return createClient(sim, { fetch, ...options });
}

async function nothingCreated(sim, store) {
  const { submissions, charges } = await sim.ledger();
  assert.deepEqual([submissions, charges, store && (await store.list())], [[], [], store && []]);
}

describe("live quotes", { concurrency: true }, () => {
  test("the price of a catalog model is Runware's, and nothing is submitted, billed or kept", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const seen = counting();
    const client = createClient(sim, { store, fetch: seen.fetch });
    const before = Date.now();
    const quotes = await client.quote(WAN, LIVE);
    const { basis, minUsd, maxUsd, totalUsd, quotedAt, lineItems, evidence } = runware(quotes);
    assert.deepEqual([basis, minUsd, maxUsd, totalUsd], ["live", 0.5, 0.5, 0.5]);
    assert.equal(evidence.firstParty, true);
    assert.match(evidence.date, /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/);
    assert.ok(quotedAt >= before && quotedAt <= Date.now());
    assert.equal(lineItems.length, 1);
    const documented = client.quote(WAN).filter(({ provider }) => provider === "runpod");
    assert.deepEqual(quotes.filter(({ provider }) => provider === "runpod"), documented);
    assert.equal(seen.seen.length, 1);
    const [{ request, body }] = seen.seen;
    assert.equal(request.headers.get("x-runware-dry-run"), "1");
    assert.equal(JSON.parse(body).length, 1, "never batched");
    await nothingCreated(sim, store);
  });

  test("the price of a raw id, and of several videos", async (t) => {
    const sim = await simulator(t);
    const raw = { model: "runware:openai:3@2", input: { positivePrompt: PROMPT, duration: 4, width: 1280, height: 720 } };
    const client = createClient(sim);
    const [quote] = await client.quote(raw, LIVE);
    assert.deepEqual([quote.basis, quote.totalUsd], ["live", 2.4 / 2]);
    const three = runware(await client.quote({ ...WAN, n: 3 }, LIVE));
    assert.deepEqual([three.totalUsd, three.maxUsd], [1.5, 1.5]);
    await nothingCreated(sim);
  });

  const PRICES = {
    "a decimal text": [{ cost: "0.30" }, 0.3, 0.3],
    "a nested price": [{ dryRun: { estimatedCost: 0.3 } }, 0.3, 0.3],
    "one row for two videos, taken at its worst": [{ cost: 0.3 }, 0.3, 0.6, 2],
  };
  for (const [name, [fields, min, max, n = 1]] of Object.entries(PRICES)) {
    test(`a price is read in another place: ${name}`, async (t) => {
      const sim = await simulator(t);
      const client = answering(sim, ({ taskType, taskUUID }) => ({ data: [{ taskType, taskUUID, ...fields }] }));
      const { minUsd, maxUsd, totalUsd } = runware(await client.quote({ ...WAN, n }, LIVE));
      assert.deepEqual([minUsd, maxUsd, totalUsd], [min, max, min === max ? min : undefined]);
    });
  }

  test("a request that Runware rejects is unavailable there, with the reason", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const message = "This model is closed for the holidays.";
    const client = answering(
      sim,
      ({ taskUUID, taskType }) => ({ errors: [{ code: "invalidModel", message, taskUUID, taskType }] }),
      { status: 400, store },
    );
    const { available, issues } = runware(await client.quote(WAN, LIVE));
    assert.deepEqual([available, issues.length, issues[0].provider], [false, 1, "runware"]);
    assert.ok(issues[0].message.includes(message), issues[0].message);
    assert.deepEqual(await store.list(), []);
  });

  test("a reason that quotes the prompt or the key does not pass either on", async (t) => {
    const sim = await simulator(t);
    const message = `${WORDS} Your prompt was: ${PROMPT} Your key was: ${KEY}`;
    const body = ({ taskUUID, taskType }) => ({ errors: [{ code: "invalidPrompt", message, taskUUID, taskType }] });
    const [issue] = runware(await answering(sim, body, { status: 400 }).quote(WAN, LIVE)).issues;
    assert.ok(issue.message.includes(WORDS), issue.message);
    assert.deepEqual([issue.message.includes(PROMPT), issue.message.includes(KEY)], [false, false]);
  });

  test("an abort after the request was sent rejects with its reason, and a job behind it is found again", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const controller = new AbortController();
    await sim.faults(IGNORED);
    const client = createClient(sim, {
      store,
      fetch: async (request) => {
        await fetch(request);
        controller.abort(new Error("stop"));
        return new Promise(() => {});
      },
    });
    await assert.rejects(client.quote(WAN, { ...LIVE, signal: controller.signal }), /stop/);
    const [{ handle }] = await client.jobs({ pending: true });
    assert.equal((await createClient(sim, { store }).resume(handle).result()).videos.length, 1);
  });

  test("an ignored header is a paid job: an error with its handle, and the job is found again", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    await sim.faults(IGNORED);
    const client = createClient(sim, { store });
    const error = await failing(client.quote(WAN, LIVE), "invalid_response");
    assert.deepEqual([error.charge, error.retryable, error.handle.provider], ["unknown", false, "runware"]);
    const [pending] = await client.jobs({ pending: true });
    assert.equal(pending.handle.id, error.handle.id);
    const { videos, charge } = await createClient(sim, { store }).resume(error.handle).result();
    assert.deepEqual([videos.length, charge], [1, "charged"]);
    const { submissions, charges } = await sim.ledger();
    assert.deepEqual([submissions.length, charges.length], [1, 1], "one job, paid once");
  });

  const JOBS = {
    "a row with a video": { cost: 0.3, videoURL: "https://example.com/video.mp4" },
    "a running row": { cost: 0.3, status: "processing" },
    "a cost of nothing": { cost: 0 },
  };
  for (const [name, fields] of Object.entries(JOBS)) {
    test(`what looks like a job is taken for one: ${name}`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const body = ({ taskType, taskUUID }) => ({ data: [{ taskType, taskUUID, ...fields }] });
      const client = answering(sim, body, { store });
      const error = await failing(client.quote(WAN, LIVE), "invalid_response");
      assert.deepEqual([error.charge, (await store.list()).length], ["unknown", 1]);
    });
  }

  test("a lost response is not repeated, and a job behind it is found again", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    const seen = counting(async (request) => {
      await fetch(request);
      throw new TypeError("terminated");
    });
    await sim.faults(IGNORED);
    const client = createClient(sim, { store, fetch: seen.fetch });
    const error = await failing(client.quote(WAN, LIVE), "connection_error");
    assert.deepEqual([error.charge, seen.seen.length], ["unknown", 1]);
    const { videos } = await createClient(sim, { store }).resume(error.handle).result();
    assert.equal(videos.length, 1);
  });

  for (const isIgnored of [true, false]) {
    test(`a process is killed with the response: ${isIgnored ? "the job of an ignored header" : "no job"} is found`, async (t) => {
      const sim = await simulator(t);
      const folder = folderOf();
      if (isIgnored) await sim.faults(IGNORED);
      const program = fileURLToPath(new URL("fixtures/dry-run-process.js", import.meta.url));
      const work = JSON.stringify({ folder, settings: sim.settings, request: WAN });
      await once(spawn(process.execPath, [program, work], { stdio: "inherit" }), "close");
      const client = createClient(sim, { store: folderStore(folder) });
      const [{ handle }] = await client.jobs({ pending: true });
      const ended = client.resume(handle, isIgnored ? {} : { timeoutMs: 4_000 }).result();
      if (isIgnored) assert.equal((await ended).videos.length, 1);
      else {
        const error = await ended.catch((thrown) => thrown);
        assert.match(error.code, /^(timeout|submission_unknown)$/, "it is polled, and never submitted");
      }
      const { submissions, charges } = await sim.ledger();
      assert.deepEqual([submissions.length, charges.length], isIgnored ? [1, 1] : [0, 0]);
    });
  }

  test("nothing is sent without a key, a model or a store that works", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const { runpod } = sim.settings;
    const keyless = createClient({ settings: { runpod } }, { fetch: seen.fetch });
    await failing(keyless.quote(WAN, LIVE), "missing_api_key");
    const client = createClient(sim, { fetch: seen.fetch });
    await failing(client.quote({ prompt: PROMPT, duration: 5 }, LIVE), "invalid_request");
    const broken = { ...memoryStore(), put: async () => false };
    await failing(createClient(sim, { fetch: seen.fetch, store: broken }).quote(WAN, LIVE), "store_error");
    await assert.rejects(client.quote(WAN, { ...LIVE, signal: AbortSignal.abort(new Error("stop")) }), /stop/);
    assert.deepEqual(seen.seen, []);
    await nothingCreated(sim);
  });

  test("a listing that the request does not suit is not asked", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const wrong = { ...TEXT, duration: 7 };
    assert.deepEqual(await client.quote(wrong, LIVE), client.quote(wrong));
    assert.deepEqual(seen.seen, []);
  });

  test("errors that say nothing about the request are thrown, and cost nothing", async (t) => {
    const sim = await simulator(t);
    const store = memoryStore();
    await sim.faults({ fault: { kind: "rateLimit" } });
    const limited = await failing(createClient(sim, { store }).quote(WAN, LIVE), "rate_limited");
    assert.deepEqual([limited.charge, limited.retryable, limited.handle], ["none", true, undefined]);
    const runwareSettings = { ...sim.settings.runware, apiKey: "bad-key" };
    const refused = createClient({ settings: { runware: runwareSettings } }, { store });
    const error = await failing(refused.quote(WAN, LIVE), "unauthorized");
    assert.deepEqual([error.charge, error.handle], ["none", undefined]);
    assert.deepEqual(await store.list(), []);
    assert.equal(JSON.stringify(error).includes(KEY), false);
  });
});

describe("a dry run and what its caller passes", { concurrency: true }, () => {
  const never = () => new Promise(() => {});
  const offline = (options) => createFilmgate({ runware: { apiKey: KEY }, requestTimeoutMs: 300, ...options });
  const sent = { fetch: () => assert.fail("it was sent") };

  test("a store that stands still ends in time, and a late record does not stay", async () => {
    const memory = memoryStore();
    const put = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      return memory.put(...args);
    };
    await failing(offline({ ...sent, store: { ...memory, put: never } }).quote(WAN, LIVE), "store_error");
    await failing(offline({ ...sent, store: { ...memory, put } }).quote(WAN, LIVE), "store_error");
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(await memory.list(), []);
    const signal = AbortSignal.timeout(50);
    const aborted = offline({ ...sent, store: { ...memory, put: never } }).quote(WAN, { ...LIVE, signal });
    await assert.rejects(aborted, (error) => error === signal.reason);
  });

  test("a record that cannot be deleted does not hold up the price", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim, { store: { ...memoryStore(), delete: never }, requestTimeoutMs: 1_000 });
    assert.equal(runware(await client.quote(WAN, LIVE)).basis, "live");
  });

  test("a file is asked about as it is", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
    const image = new Blob([bytes], { type: "image/png" });
    await createClient(sim, { fetch: seen.fetch }).quote({ ...WAN, image }, LIVE);
    assert.ok(seen.seen[0].body.includes(Buffer.from(bytes).toString("base64")), seen.seen[0].body);
  });

  test("a request that is none is a `FilmgateError`", async () => {
    const trap = new Proxy({}, { get: () => assert.fail("a trap") });
    for (const request of [null, undefined, 5, trap]) await failing(offline(sent).quote(request, LIVE), "invalid_request");
  });
});
