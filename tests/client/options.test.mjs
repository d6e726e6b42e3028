// Options are read as requests are read: what is unknown or mistyped is an error before anything is sent.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { composePrompt, createFilmgate, indexedDbStore, memoryStore } from "../../pkg/dist/index.js";
import { fileSink, folderStore } from "../../pkg/dist/node/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { BOTH, KEY, TEXT } from "./support.mjs";

const throwing = () => assert.fail("it was sent");
const settings = { runpod: { apiKey: KEY }, runware: { apiKey: KEY }, fetch: throwing };
const client = createFilmgate(settings);
const gateway = createFilmgate({ gateway: { url: "https://gateway.example", apiKey: KEY }, fetch: throwing });
const HANDLE = { version: 1, provider: "runware", model: "sora-2-pro", providerModelId: "openai:3@2", n: 1 };
const ID = "2f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11";
const VIDEO = { url: "https://videos.example.com/video.mp4" };

/** The error of a call, thrown or rejected, now or with the job's result. */
async function errorOf(call) {
  try {
    const value = await call();
    if (typeof value?.result === "function") await value.result();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function invalid(call, path, code, message) {
  const error = await errorOf(call);
  assert.equal(error?.name, "FilmgateError", String(error?.stack ?? error));
  assert.equal(error.code, "invalid_request", error.message);
  assert.equal(error.charge, "none");
  const found = error.issues.find((issue) => issue.path === path);
  assert.equal(found?.code, code, JSON.stringify(error.issues));
  if (message) assert.match(found.message, message);
}

describe("an unknown option is an error with the nearest name", () => {
  const create = (options) => () => createFilmgate({ ...settings, ...options });
  const submit = (options) => () => client.submit(TEXT, options);
  const resume = (options) => () => client.resume({ ...HANDLE, id: ID }, options);
  const CASES = [
    [submit({ provider: "runware", maxCost: 0.1 }), "maxCost", /Did you mean `maxCostUsd`/],
    [submit({ maxCostUSD: 0.01 }), "maxCostUSD", /`maxCostUsd`/],
    [submit({ max_cost_usd: 0.01 }), "max_cost_usd", /`maxCostUsd`/],
    [submit({ max_price: 1 }), "max_price", /`maxCostUsd`/],
    [submit({ budget: 1 }), "budget", /`maxCostUsd`/],
    [submit({ abortSignal: AbortSignal.abort() }), "abortSignal", /`signal`/],
    [submit({ timeout: 1 }), "timeout", /`timeoutMs`/],
    [submit({ timeoutMS: 1 }), "timeoutMS", /`timeoutMs`/],
    [submit({ providers: ["runware"] }), "providers", /`provider`/],
    [submit({ idempotencykey: ID }), "idempotencykey", /`idempotencyKey`/],
    [submit({ webhookUrl: "https://example.com" }), "webhookUrl", /`webhook`/],
    [submit({ apiKey: KEY }), "apiKey", /no option/],
    [submit({ store: memoryStore() }), "store", /Pass it to `createFilmgate`/],
    [submit({ onUpdate() {} }), "onUpdate", /Pass it to `generate`/],
    [submit({ webhook: { url: "https://example.com", secret: "s", secrt: "s" } }), "webhook.secrt", /`webhook.secret`/],
    [() => client.start(TEXT, { maxCost: 1 }), "maxCost", /`maxCostUsd`/],
    [() => client.generate(TEXT, { onProgress() {} }), "onProgress", /`onUpdate`/],
    [create({ apiKey: KEY }), "apiKey", /`runpod.apiKey`/],
    [create({ maxCostUsd: 1 }), "maxCostUsd", /Pass it to `submit`/],
    [create({ storage: memoryStore() }), "storage", /`store`/],
    [create({ catalogue: [] }), "catalogue", /`models`/],
    [create({ timeout: 5 }), "timeout", /no option/],
    [create({ runpod: { key: KEY } }), "runpod.key", /`runpod.apiKey`/],
    [create({ runpod: { baseUrl: "https://example.com" } }), "runpod.baseUrl", /`runpod.baseURL`/],
    [create({ runware: { concurrency: 3 } }), "runware.concurrency", /`runware.maxConcurrency`/],
    [create({ runpodd: {} }), "runpodd", /`runpod`/],
    [resume({ abortSignal: AbortSignal.abort() }), "abortSignal", /`signal`/],
    [() => client.status({ ...HANDLE, id: ID }, { timeout: 1 }), "timeout", /`timeoutMs`/],
    [() => client.jobs({ pendng: true }), "pendng", /`pending`/],
    [() => client.download(VIDEO, new WritableStream(), { abortSignal: null }), "abortSignal", /`signal`/],
    [() => client.verifyWebhook({ url: "/", body: "", secret: "s", key: 1 }), "key", /no option/],
    [() => createSimulator({ jobDuration: 5 }), "jobDuration", /`jobDurationMs`/],
    [() => createFilmgateProvider({ maxCost: 5 }), "maxCost", /`maxCostUsd`/],
    [() => composePrompt({ action: "A fox", ambientsound: "x" }), "ambientsound", /`ambientSound`/],
    [() => gateway.submit(TEXT, { maxCost: 5 }), "maxCost", /`maxCostUsd`/],
    [() => createFilmgate({ gateway: { url: "https://g.example", key: "x" } }), "gateway.key", /`gateway.apiKey`/],
  ];
  for (const [call, path, message] of CASES) {
    test(path, () => invalid(call, path, "unrecognized_field", message));
  }

  test("one without a value is absent", async () => {
    const error = await errorOf(() => client.submit({ ...TEXT, duration: -1 }, { maxCost: undefined }));
    assert.ok(error.issues.every(({ path }) => path !== "maxCost"));
  });
});

describe("a mistyped option is an error, and never a raw TypeError", () => {
  const CASES = {
    "timeoutMs: NaN": [() => client.submit(TEXT, { timeoutMs: NaN }), "timeoutMs"],
    "timeoutMs as a text": [() => client.submit(TEXT, { timeoutMs: "2000" }), "timeoutMs"],
    "timeoutMs below 0": [() => client.submit(TEXT, { timeoutMs: -1 }), "timeoutMs"],
    "a limit that is null": [() => client.submit(TEXT, { maxCostUsd: null }), "maxCostUsd"],
    "a provider that is null": [() => client.submit(TEXT, { provider: null }), "provider"],
    "a permission that is a text": [() => client.submit(TEXT, { maxCostUsd: 1, allowUnknownCost: "no" }), "allowUnknownCost"],
    "a permission that is null": [() => client.submit(TEXT, { allowUnknownCost: null }), "allowUnknownCost"],
    "a limit of the AI SDK's provider that is null": [() => createFilmgateProvider({ maxCostUsd: null }), "maxCostUsd"],
    "a limit at a gateway that is null": [() => gateway.submit(TEXT, { maxCostUsd: null }), "maxCostUsd"],
    "a signal that is none": [() => client.submit(TEXT, { signal: {} }), "signal"],
    "a signal that is null": [() => client.submit(TEXT, { signal: null }), "signal"],
    "a controller in place of its signal": [() => client.submit(TEXT, { signal: new AbortController() }), "signal"],
    "an onUpdate that is no function": [() => client.generate(TEXT, { onUpdate: 5 }), "onUpdate"],
    "an idempotency key of another form": [() => client.submit(TEXT, { idempotencyKey: "mine" }), "idempotencyKey"],
    "a job's id that is a number": [() => client.resume({ ...HANDLE, id: ID }, { jobId: 5 }), "jobId"],
    "null as options of `submit`": [() => client.submit(TEXT, null), ""],
    "a signal as options": [() => client.submit(TEXT, AbortSignal.abort()), ""],
    "a list as options": [() => client.submit(TEXT, []), ""],
    "null as options of a client": [() => createFilmgate(null), ""],
    "a text as settings": [() => createFilmgate({ runpod: "key" }), "runpod"],
    "a `fetch` that is no function": [() => createFilmgate({ fetch: 5 }), "fetch"],
    "a key that is an object": [() => createFilmgate({ runpod: { apiKey: {} } }), "runpod.apiKey"],
    "a key that is a number": [() => createFilmgate({ runware: { apiKey: 5 } }), "runware.apiKey"],
    "a store without methods": [() => createFilmgate({ store: { get() {} } }), "store"],
    "a base URL that is a number": [() => createFilmgate({ runpod: { baseURL: 5 } }), "runpod.baseURL"],
    "headers that are numbers": [() => createFilmgate({ runpod: { headers: { a: 5 } } }), "runpod.headers"],
    "a concurrency as a text": [() => createFilmgate({ runpod: { maxConcurrency: "6" } }), "runpod.maxConcurrency"],
    "a request timeout as a text": [() => createFilmgate({ requestTimeoutMs: "5" }), "requestTimeoutMs"],
    "no time for a request": [() => createFilmgate({ requestTimeoutMs: 0 }), "requestTimeoutMs"],
    "a filter that is a text": [() => client.jobs({ pending: "yes" }), "pending"],
    "a video whose data is a number": [() => client.download({ data: 5 }, new WritableStream()), "data"],
    "a secret that is a number": [() => client.verifyWebhook({ url: "/", body: "", secret: 5 }), "secret"],
    "a path that is a number": [() => folderStore(5), "path"],
    "a sink's path that is no file": [() => fileSink(new URL("https://example.com/a")), "path"],
    "a store's name that is a number": [() => indexedDbStore(5), "name"],
    "an origin that is none": [() => createSimulator({ origin: "nowhere" }), "origin"],
    "a part of a prompt that is a number": [() => composePrompt({ action: 5 }), "action"],
    "a gateway's URL that is a number": [() => createFilmgate({ gateway: { url: 5, apiKey: "x" } }), "gateway.url"],
  };
  for (const [name, [call, path]] of Object.entries(CASES)) {
    test(name, () => invalid(call, path, "invalid_type"));
  }

  test("what is missing is named", async () => {
    await invalid(() => client.verifyWebhook({ url: "/", body: "" }), "secret", "required");
    await invalid(() => createFilmgate({ gateway: { apiKey: "x" } }), "gateway.url", "required");
  });

  test("two options that exclude each other", async () => {
    const both = { gateway: { url: "https://g.example", apiKey: "x" }, runpod: { apiKey: KEY } };
    await invalid(() => createFilmgate(both), "gateway", "conflict");
  });
});

test("each option is read once, so that a getter cannot change it after the check", async () => {
  let reads = 0;
  const options = { get timeoutMs() { return (reads += 1) > 1 ? "x" : 50; } };
  await errorOf(() => client.submit({ ...TEXT, prompt: "" }, options));
  assert.equal(reads, 1);
});

const circle = {};
circle.self = circle;
const trap = { get: throwing_, has: throwing_, ownKeys: throwing_, getOwnPropertyDescriptor: throwing_, getPrototypeOf: throwing_ };
function throwing_() {
  throw new Error("looked at");
}
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
class Odd {
  value = 1;
  method() {}
}

/** Seventy things that are not what a call wants. */
const ODD = [
  undefined, null, true, false, 0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 10n, "", " ", "x", "runpod",
  "x".repeat(200_000), "\ud800", "__proto__", "constructor", "\0outside", Symbol("x"), Symbol.iterator, () => {},
  async () => {}, function* () {}, class {}, [], [undefined], [[]], new Array(5), Array.from({ length: 1_000 }, () => ({})),
  {}, { length: 5 }, Object.create(null), Object.freeze({ a: 1 }), JSON.parse('{"__proto__":{"polluted":1}}'),
  { constructor: { prototype: { polluted: 1 } } }, { toString: throwing_ }, { valueOf: throwing_ }, { toJSON: throwing_ },
  { get id() { return throwing_(); } }, { then: 5 }, { id: ID }, { ...HANDLE, id: ID }, { url: 5, data: {}, id: {} },
  { signal: {}, timeoutMs: {}, provider: Symbol("x") }, { maxCostUsd: 1n, provider: circle }, circle, new Odd(), new Date(),
  new Date(NaN), /x/, new Map([[1, 2]]), new Set([1]), new WeakMap(), new Error("x"), new URL("https://example.com"),
  new Uint8Array(9), new ArrayBuffer(9), new Blob(["x"]), new Headers(), new AbortController(), AbortSignal.abort("odd"),
  new Proxy({}, trap), new Proxy([], trap), new Proxy(() => {}, trap), revoked, Promise.resolve(5), globalThis, new WritableStream(),
  { aborted: false, throwIfAborted: throwing_ }, Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`n${at}`, at])),
];

const CALLS = {
  createFilmgate: (odd) => createFilmgate(odd),
  "createFilmgate, a provider": (odd) => createFilmgate({ runpod: odd }),
  "createFilmgate, a key": (odd) => createFilmgate({ runpod: { apiKey: odd }, fetch: throwing }),
  "createFilmgate, a base URL": (odd) => createFilmgate({ runpod: { apiKey: "k", baseURL: odd } }),
  "createFilmgate, headers": (odd) => createFilmgate({ runpod: { apiKey: "k", headers: odd } }),
  "createFilmgate, concurrency": (odd) => createFilmgate({ runpod: { maxConcurrency: odd } }),
  "createFilmgate, the store": (odd) => createFilmgate({ store: odd }),
  "createFilmgate, models": (odd) => createFilmgate({ models: odd }).models(),
  "createFilmgate, fetch": (odd) => createFilmgate({ fetch: odd }),
  "createFilmgate, a time": (odd) => createFilmgate({ requestTimeoutMs: odd }),
  "createFilmgate, a gateway": (odd) => createFilmgate({ gateway: odd }),
  "createFilmgate, its URL": (odd) => createFilmgate({ gateway: { url: odd, apiKey: "k" } }),
  composePrompt: (odd) => composePrompt(odd),
  "composePrompt, a part": (odd) => composePrompt({ action: odd }),
  createFilmgateProvider: (odd) => createFilmgateProvider(odd),
  createSimulator: (odd) => createSimulator(odd).close(),
  "createSimulator, the origin": (odd) => createSimulator({ origin: odd }).close(),
  folderStore: (odd) => folderStore(odd),
  fileSink: (odd) => fileSink(odd),
  indexedDbStore: (odd) => indexedDbStore(odd),
};
for (const [kind, one] of Object.entries({ direct: client, gateway })) {
  Object.assign(CALLS, {
    [`${kind} validate`]: (odd) => one.validate(odd),
    [`${kind} quote`]: (odd) => one.quote(odd),
    [`${kind} submit`]: (odd) => one.submit(odd),
    [`${kind} submit, options`]: (odd) => one.submit({ ...TEXT, duration: 5.5 }, odd),
    [`${kind} submit, signal`]: (odd) => one.submit({ ...TEXT, duration: 5.5 }, { signal: odd }),
    [`${kind} submit, provider`]: (odd) => one.submit({ ...BOTH, duration: 5.5 }, { provider: odd }),
    [`${kind} submit, limit`]: (odd) => one.submit({ ...TEXT, duration: 5.5 }, { maxCostUsd: odd }),
    [`${kind} submit, key`]: (odd) => one.submit({ ...TEXT, duration: 5.5 }, { idempotencyKey: odd }),
    [`${kind} submit, webhook`]: (odd) => one.submit({ ...TEXT, duration: 5.5 }, { webhook: odd }),
    [`${kind} start`]: (odd) => one.start(odd),
    [`${kind} generate`]: (odd) => one.generate({ ...TEXT, duration: 5.5 }, odd),
    [`${kind} resume`]: (odd) => one.resume(odd, { timeoutMs: 20 }),
    [`${kind} resume, options`]: (odd) => one.resume({ id: "x" }, odd),
    [`${kind} status`]: (odd) => one.status(odd, { timeoutMs: 20 }),
    [`${kind} status, options`]: (odd) => one.status({ id: "x" }, odd),
    [`${kind} jobs`]: (odd) => one.jobs(odd),
    [`${kind} job`]: (odd) => one.job(odd),
    [`${kind} deleteJob`]: (odd) => one.deleteJob(odd),
    [`${kind} download`]: (odd) => one.download(odd, new WritableStream()),
    [`${kind} download, the sink`]: (odd) => one.download({ data: "AAAA" }, odd),
    [`${kind} download, options`]: (odd) => one.download({ data: "AAAA" }, new WritableStream(), odd),
    [`${kind} verifyWebhook`]: (odd) => one.verifyWebhook(odd),
    [`${kind} verifyWebhook, the URL`]: (odd) => one.verifyWebhook({ url: odd, body: odd, secret: "s" }),
    [`${kind} handleWebhook`]: (odd) => one.handleWebhook(odd),
  });
}

describe("anything as an argument gives a value or a FilmgateError, sends nothing and pollutes nothing", () => {
  const names = () => Object.getOwnPropertyNames(Object.prototype).sort().join();
  for (const [name, call] of Object.entries(CALLS)) {
    test(name, async () => {
      const before = names();
      for (const [at, odd] of ODD.entries()) {
        const error = await errorOf(() => call(odd));
        // A valid signal that is aborted rejects with its reason.
        if (error === undefined || error === "odd") continue;
        assert.equal(error?.name, "FilmgateError", `${at}: ${String(error?.stack ?? error)}`);
        assert.equal(JSON.stringify(error).includes(KEY), false);
      }
      assert.equal(names(), before);
      assert.equal({}.polluted, undefined);
      assert.ok(client.validate(TEXT).ok, "the module is intact");
    });
  }
});

test("a simulator takes each of its documented options", () => {
  for (const fieldMode of [true, false, 7, []]) createSimulator({ fieldMode }).close();
  const options = { jobDurationMs: 1, seed: 2, config: {}, onWebhook() {}, origin: "https://a.example", transact: async (change) => change() };
  createSimulator(options).close();
  assert.throws(() => createSimulator({ fieldMode: "yes" }), { code: "invalid_request" });
});
