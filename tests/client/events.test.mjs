// `onEvent`: what a client reports of its jobs and downloads, and that no callback disturbs one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { PROMPT, PROVIDERS, REQUESTS, TEXT, failing, waitFor } from "./support.mjs";

/** A client of simulated providers, and the events that it reports. */
function watch(t, { jobDurationMs = 300, config, ...options } = {}) {
  const sim = createSimulator({ jobDurationMs, ...(config && { config }) });
  t.after(() => sim.close());
  const events = [];
  const onEvent = (event) => void events.push(event);
  const open = (more) => createFilmgate({ ...sim.options, onEvent, ...options, ...more });
  return { sim, events, open, client: open(), types: () => events.map(({ type }) => type) };
}

/** The types without repetitions of `progress`. */
const outline = (events) => events.map(({ type }) => type).filter((type, at, all) => type !== "progress" || all[at - 1] !== type);

describe("the events of a job", () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: submitted, accepted, progress, ended with cost and charge`, async (t) => {
      const { events, client } = watch(t);
      const before = Date.now();
      const result = await client.generate(REQUESTS[provider], { provider });
      assert.equal(events.at(-1).type, "ended", "the last event comes before the result");
      assert.equal(events[0].type, "submitted");
      const types = outline(events);
      for (const type of ["accepted", "progress"]) assert.ok(types.includes(type), types.join());
      assert.equal(events.filter(({ type }) => type === "accepted").length, 1);
      const { at, ...ended } = events.at(-1);
      const { handle, costUsd, charge, timing } = result;
      assert.deepEqual(ended, { type: "ended", handle, status: "completed", charge, costUsd, timing });
      assert.equal(charge, "charged");
      for (const event of events) {
        assert.ok(event.at >= before && event.at <= at);
        assert.equal(event.handle.id, handle.id);
        assert.equal(event.handle.model, REQUESTS[provider].model);
      }
    });
  }

  test("no event has the prompt, a key or a URL; with `includePrompt` the submitted one has the prompt", async (t) => {
    const { events, open, client } = watch(t);
    const { videos } = await client.generate(TEXT);
    await client.download(videos[0]).then((response) => response.arrayBuffer());
    await assert.rejects(client.generate({ ...TEXT, prompt: `${PROMPT} [fail]` }));
    await waitFor(() => events.some(({ type }) => type === "download"));
    const text = JSON.stringify(events);
    for (const secret of [PROMPT, "simulated", videos[0].url, "https:"]) assert.ok(!text.includes(secret), secret);
    events.length = 0;
    await open({ events: { includePrompt: true } }).generate(TEXT);
    assert.deepEqual(events.map(({ prompt }) => prompt).filter(Boolean), [PROMPT]);
    assert.equal(events[0].prompt, PROMPT);
  });

  test("a job that fails ends with its error and its charge", async (t) => {
    const { events, client } = watch(t);
    const error = await failing(client.generate({ ...TEXT, prompt: `${PROMPT} [fail]` }), "generation_failed");
    const { status, charge, costUsd, error: reported } = events.at(-1);
    assert.deepEqual([status, charge, costUsd], ["failed", error.charge, undefined]);
    assert.deepEqual([reported.code, reported.message], [error.code, error.message]);
  });

  test("a rejection and the next provider are two jobs", async (t) => {
    const { sim, events, open } = watch(t);
    const client = open({ runware: { ...sim.options.runware, apiKey: "bad-key" } });
    const request = REQUESTS.runpod;
    const { provider } = await client.generate(request, { provider: ["runware", "runpod"] });
    assert.equal(provider, "runpod");
    const seen = events.map(({ type, handle }) => `${handle.provider} ${type}`).filter((name) => !name.endsWith("progress"));
    assert.deepEqual(seen, ["runware submitted", "runware ended", "runpod submitted", "runpod accepted", "runpod ended"]);
    assert.equal(events.find(({ type }) => type === "ended").charge, "none");
  });

  test("a job of which nothing was sent ends, too", async (t) => {
    const { sim, events, client } = watch(t, {
      store: { ...memoryStore(), put: () => Promise.reject(new Error("the disk is full")) },
    });
    await failing(client.submit(TEXT), "store_error");
    await waitFor(() => events.at(-1)?.type === "ended");
    assert.equal(events[0].type, "submitted");
    assert.deepEqual([events.at(-1).charge, events.at(-1).error.code], ["none", "store_error"]);
    assert.deepEqual(sim.submissions(), []);
  });

  test("an invalid request and a job that exists are not submitted", async (t) => {
    const { events, client } = watch(t);
    await failing(client.submit({ model: "wan-2.6" }), "invalid_request");
    assert.deepEqual(events, []);
    const idempotencyKey = "0f0e0d0c-0b0a-4908-8706-050403020100";
    await client.generate(TEXT, { idempotencyKey });
    events.length = 0;
    await client.generate(TEXT, { idempotencyKey });
    assert.deepEqual(events, [], "its end was reported before");
  });

  test("`start` and `status` report each step once", async (t) => {
    const { events, client } = watch(t, { jobDurationMs: 150 });
    const handle = await client.start(TEXT);
    assert.deepEqual(outline(events).filter((type) => type !== "progress"), ["submitted", "accepted"]);
    await waitFor(async () => (await client.status(handle)).status === "completed");
    await client.status(handle);
    assert.deepEqual(outline(events).filter((type) => type !== "progress"), ["submitted", "accepted", "ended"]);
    assert.equal(events.at(-1).charge, "charged");
  });

  test("a client that resumes a job reports its end, but not its submit; of a finished job it reports nothing", async (t) => {
    const store = memoryStore();
    const { events, open, client } = watch(t, { store });
    const handle = await client.start(TEXT);
    events.length = 0;
    await open().resume(handle).result();
    assert.deepEqual(outline(events).filter((type) => type !== "progress"), ["ended"]);
    events.length = 0;
    await open().resume(handle).result();
    assert.deepEqual(events, []);
  });

  test("a cancelled job ends as cancelled", async (t) => {
    const { events, client } = watch(t, { jobDurationMs: 60_000 });
    const job = await client.submit(REQUESTS.runpod, { provider: "runpod" });
    await job.cancel();
    await job.result().catch(() => {});
    assert.deepEqual([events.at(-1).type, events.at(-1).status], ["ended", "cancelled"]);
  });
});

describe("no callback disturbs a job", () => {
  const CALLBACKS = {
    "that throws": () => {
      throw new Error("of the callback");
    },
    "that rejects": () => Promise.reject(new Error("of the callback")),
    "that never returns its promise": () => new Promise(() => {}),
    "whose promise throws": () => ({
      get then() {
        throw new Error("of the getter");
      },
    }),
    "that blocks": () => {
      const end = Date.now() + 30;
      while (Date.now() < end);
    },
    "that changes what it receives": (event) => {
      for (const name in event.handle) delete event.handle[name];
    },
  };
  for (const [what, onEvent] of Object.entries(CALLBACKS)) {
    test(`one ${what}`, async (t) => {
      const { sim, client } = watch(t, { onEvent });
      const { videos, handle } = await client.generate(TEXT);
      assert.equal(videos.length, 1);
      assert.equal((await client.jobs())[0].handle.id, handle.id);
      await client.download(videos[0]).then((response) => response.arrayBuffer());
      assert.equal(sim.submissions().length, 1);
      assert.equal(sim.charges().length, 1);
    });
  }

  test("the options are checked before anything is sent", async () => {
    for (const options of [{ onEvent: "log" }, { events: { includePrompts: true } }, { events: true }]) {
      assert.throws(() => createFilmgate(options), { code: "invalid_request" });
    }
  });
});

describe("the events of a download", () => {
  const url = "https://videos.example.com/video.mp4";
  const download = async (t, response, use) => {
    const events = [];
    const fetch = async () => response();
    const client = createFilmgate({ fetch, onEvent: (event) => events.push(event) });
    await use(client).catch(() => {});
    const [{ type, at, durationMs, ...rest }] = await waitFor(() => events.length > 0 && events);
    assert.equal(type, "download");
    assert.ok(at > 0 && durationMs >= 0);
    assert.equal(events.length, 1);
    return rest;
  };
  const whole = () => new Response("video");
  const sink = (write = () => {}) => new WritableStream({ write });

  test("a sink and a response report the bytes", async (t) => {
    assert.deepEqual(await download(t, whole, (client) => client.download({ url }, sink())), { bytes: 5 });
    const read = async (client) => (await client.download({ url })).text();
    assert.deepEqual(await download(t, whole, read), { bytes: 5 });
  });

  test("what ends it early has a code", async (t) => {
    const gone = () => new Response("gone", { status: 404 });
    const expired = await download(t, gone, (client) => client.download({ url }, sink()));
    assert.equal(expired.error, "result_expired");
    const full = sink(() => Promise.reject(new Error("the disk is full")));
    assert.deepEqual(await download(t, whole, (client) => client.download({ url }, full)), { error: "internal_error" });
    const signal = AbortSignal.abort("enough");
    const aborted = (client) => client.download({ url }, sink(), { signal });
    assert.deepEqual(await download(t, whole, aborted), { error: "cancelled" });
    const endless = () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(9)) }));
    const left = async (client) => (await client.download({ url })).body.cancel("enough");
    assert.deepEqual(await download(t, endless, left), { error: "cancelled" });
  });
});

test("a gateway's client reports the same", async () => {
  const events = [];
  let polls = 0;
  const fetch = async () => {
    const status = (polls += 1) < 3 ? "in_progress" : "completed";
    const handle = { provider: "runware", model: "sora-2-pro", providerModelId: "openai:3@2", n: 1 };
    const outcome = { ...handle, videos: [{ url: "https://x.example/v.mp4" }], errors: [], warnings: [], charge: "charged", costUsd: 1.2, timing: {}, raw: {} };
    const filmgate = { handle, status: status === "completed" ? "completed" : "running", ...(status === "completed" && { outcome }) };
    return Response.json({ id: "video_1", status, filmgate }, { headers: { "openai-poll-after-ms": "1" } });
  };
  const gateway = { url: "https://gateway.example", apiKey: "fgw_secret" };
  const client = createFilmgate({ gateway, fetch, onEvent: (event) => events.push(event) });
  await client.generate(TEXT);
  assert.deepEqual(outline(events).filter((type) => type !== "progress"), ["submitted", "accepted", "ended"]);
  const { charge, costUsd, handle } = events.at(-1);
  assert.deepEqual([charge, costUsd, handle.jobId], ["charged", 1.2, "video_1"]);
  assert.ok(!JSON.stringify(events).includes("fgw_"));
});
