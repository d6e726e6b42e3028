// Without a network nothing is sent from a page, and the error says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { KEY, PROVIDERS, REQUESTS, createClient, failing, simulator } from "./support.mjs";

const away = { apiKey: KEY, baseURL: "https://provider.example/v1" };
const settings = { runpod: away, runware: away };

/** Sets `navigator.onLine` for the time of the test. */
function online(t, onLine) {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { onLine }, configurable: true });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else delete globalThis.navigator;
  });
}

/** Every request that the page tries to send fails as it does without a network, and is counted. */
function failingFetch(t) {
  const { fetch } = globalThis;
  const tried = [];
  globalThis.fetch = async (request) => {
    tried.push(request);
    throw new TypeError("Failed to fetch");
  };
  t.after(() => (globalThis.fetch = fetch));
  return tried;
}

for (const provider of PROVIDERS) {
  test(`${provider}: a submit without a network is refused before it is stored`, async (t) => {
    online(t, false);
    const tried = failingFetch(t);
    const client = createFilmgate(settings);
    const error = await failing(client.submit(REQUESTS[provider], { provider }), "connection_error");
    assert.deepEqual([error.charge, error.handle], ["none", undefined]);
    assert.match(error.message, /^You are offline; nothing was sent\./);
    assert.deepEqual(await client.jobs(), []);
    assert.deepEqual(tried, []);
  });

  test(`${provider}: with a network, or if none is needed, it is sent`, async (t) => {
    const sim = await simulator(t);
    online(t, false);
    for (const options of [{}, { fetch: (request) => fetch(request) }]) {
      const outcome = await createClient(sim, options).generate(REQUESTS[provider], { provider });
      assert.equal(outcome.videos.length, 1);
    }
    online(t, true);
    const tried = failingFetch(t);
    const client = createFilmgate({ ...settings, requestTimeoutMs: 1_000 });
    await assert.rejects(client.submit(REQUESTS[provider], { provider, timeoutMs: 1_500 }));
    assert.ok(tried.length > 0);
  });
}
