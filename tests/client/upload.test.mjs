// Images as bytes reach listings that require a URL: by the caller's upload, or by Runware's storage.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { BOTH, createClient, counting, failing, nothingSent, simulator } from "./support.mjs";

// A PNG of one pixel.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const BYTES = new Uint8Array(PNG);
const REQUEST = { ...BOTH, image: BYTES };
const RUNPOD = { provider: "runpod" };
const HOSTED = "https://cdn.example/hosted.png";

/** An upload that records its calls. */
function uploads(answer = HOSTED) {
  const calls = [];
  const upload = async (bytes, { contentType }) => {
    calls.push([bytes.length, contentType]);
    return typeof answer === "function" ? answer() : answer;
  };
  return { calls, upload };
}

const imageOf = (seen) => JSON.parse(seen.submissions()[0].body).input.image;

describe("upload", { concurrency: true }, () => {
  test("the caller's upload gives the URL that RunPod receives", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const { calls, upload } = uploads();
    const client = createClient(sim, { fetch: seen.fetch, upload });
    const { videos } = await client.generate(REQUEST, RUNPOD);
    assert.equal(videos.length, 1);
    assert.deepEqual([calls, imageOf(seen)], [[[BYTES.length, "image/png"]], HOSTED]);
  });

  test("with it, `validate` and `quote` accept bytes where a URL is required; without it they do not", async (t) => {
    const sim = await simulator(t);
    const runpod = (client) => [
      client.validate(REQUEST).listings.find(({ provider }) => provider === "runpod").ok,
      client.quote(REQUEST).find(({ provider }) => provider === "runpod").available,
    ];
    const { calls, upload } = uploads();
    assert.deepEqual(runpod(createClient(sim, { upload })), [true, true]);
    assert.deepEqual(runpod(createClient(sim)), [false, false]);
    assert.deepEqual(calls, []);
  });

  test("a listing that takes the bytes needs no upload", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const { calls, upload } = uploads();
    const client = createClient(sim, { fetch: seen.fetch, upload });
    await client.start(REQUEST, { provider: "runware" });
    assert.deepEqual(calls, []);
    assert.ok(seen.submissions()[0].body.includes("data:image/png;base64,"));
  });

  test("Runware's storage keeps the image for RunPod", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch, upload: "runware" });
    const { videos } = await client.generate(REQUEST, RUNPOD);
    assert.equal(videos.length, 1);
    assert.equal(seen.seen.filter(({ task }) => task === "mediaStorage").length, 1);
    assert.match(imageOf(seen), /^https:\/\/im\.runware\.ai\//);
  });

  test("each image is uploaded once, also with a signed webhook", async (t) => {
    const sim = await simulator(t);
    const { calls, upload } = uploads();
    const client = createClient(sim, { upload });
    const webhook = { url: "https://example.com/hook", secret: "a long secret of the test" };
    await client.start(REQUEST, { ...RUNPOD, webhook });
    assert.equal(calls.length, 1);
  });

  const FAILURES = {
    "it throws": [() => Promise.reject(new Error("bucket is full")), "connection_error"],
    "it returns no URL": [() => "hosted.png", "invalid_request"],
    "it returns a private URL": [() => "http://10.0.0.1/x.png", "invalid_request"],
  };
  for (const [name, [answer, code]] of Object.entries(FAILURES)) {
    test(`nothing is submitted, stored or billed if ${name}`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const { upload } = uploads(answer);
      const error = await failing(createClient(sim, { store, upload }).submit(REQUEST, RUNPOD), code);
      assert.equal(error.charge, "none");
      assert.deepEqual(await store.list(), []);
      await nothingSent(sim);
    });
  }

  test("Runware's storage without a key, and with a rejected one", async (t) => {
    const sim = await simulator(t);
    const { runpod, runware } = sim.settings;
    const upload = "runware";
    const keyless = createClient({ settings: { runpod } }, { upload });
    await failing(keyless.submit(REQUEST, RUNPOD), "missing_api_key");
    const rejected = createClient({ settings: { runpod, runware: { ...runware, apiKey: "bad-key" } } }, { upload });
    await failing(rejected.submit(REQUEST, RUNPOD), "unauthorized");
    await nothingSent(sim);
  });

  test("a request that no listing accepts uploads nothing", async (t) => {
    const sim = await simulator(t);
    const { calls, upload } = uploads();
    const client = createClient(sim, { upload });
    await failing(client.submit({ ...REQUEST, duration: 7 }, RUNPOD), "invalid_request");
    await failing(client.submit(REQUEST, { ...RUNPOD, maxCostUsd: 0.01 }), "budget_exceeded");
    assert.deepEqual(calls, []);
  });
});

describe("an upload that stands still or returns no URL", { concurrency: true }, () => {
  const never = () => new Promise(() => {});
  const sealed = Object.create(null);
  const submit = (upload, options, request = REQUEST) =>
    createFilmgate({ runpod: { apiKey: "key" }, fetch: () => assert.fail("it was sent"), upload }).submit(request, options);

  test("ends at the timeout of the submit, and its signal aborts", async () => {
    let given;
    const upload = (_, { signal }) => never((given = signal));
    const error = await failing(submit(upload, { timeoutMs: 300 }), "connection_error");
    assert.deepEqual([error.charge, given.aborted], ["none", true]);
  });

  test("ends when the caller aborts", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    await assert.rejects(submit(never, { signal: controller.signal }), (error) => error === reason);
  });

  test("leaves no timer that keeps the process alive for an hour", async () => {
    const before = process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
    for (let times = 0; times < 5; times++) {
      const signal = AbortSignal.timeout(20);
      await assert.rejects(submit(never, { signal }), (error) => error === signal.reason);
    }
    const after = process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
    assert.ok(after < before + 5, `${after - before} more`);
  });

  test("an object that is no text is an error of filmgate", async () => {
    await failing(submit(() => sealed), "connection_error");
    await failing(submit(() => ({ url: HOSTED })), "invalid_request");
  });

  test("so does a file that cannot be read to its end", async () => {
    const file = { [Symbol.toStringTag]: "Blob", size: 100, type: "image/png", arrayBuffer: never };
    const error = await failing(submit(never, { timeoutMs: 300 }, { ...REQUEST, image: file }), "invalid_request");
    assert.match(error.cause.message, /timeout/);
    const signal = AbortSignal.timeout(100);
    await assert.rejects(submit(never, { signal }, { ...REQUEST, image: file }), (error) => error === signal.reason);
  });
});
