// API keys: their sources, their use, and that nothing is sent without a valid one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import {
  BOTH,
  KEY,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  nothingSent,
  simulator,
} from "./support.mjs";

const VARIABLES = { runpod: "RUNPOD_API_KEY", runware: "RUNWARE_API_KEY" };
const authorizations = (seen) => [
  ...new Set(seen.seen.map(({ request }) => request.headers.get("authorization"))),
];

describe("keys", { concurrency: true }, () => {
  const GIVEN = {
    text: KEY,
    function: () => KEY,
    "async function": async () => KEY,
    "text with a line's end": `${KEY}\n`,
  };
  for (const [name, apiKey] of Object.entries(GIVEN)) {
    test(`as ${name}`, async (t) => {
      const sim = await simulator(t);
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch, runware: { ...sim.settings.runware, apiKey } });
      await client.generate(TEXT);
      assert.deepEqual(authorizations(seen), [`Bearer ${KEY}`]);
    });
  }

  test("blanks are no key, and nothing is sent", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    for (const apiKey of [" ", "\n", "\t  "]) {
      const client = createFilmgate({ runware: { apiKey }, fetch: seen.fetch });
      await failing(client.submit(TEXT, { provider: "runware" }), "missing_api_key");
    }
    const client = createClient(sim, { fetch: seen.fetch, runware: { ...sim.settings.runware, apiKey: () => `  ${KEY}\n` } });
    await client.generate(TEXT);
    assert.deepEqual(authorizations(seen), [`Bearer ${KEY}`]);
  });

  test("a function is called for each request, so that a key can change", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    let asked = 0;
    const apiKey = () => `key-${(asked += 1)}`;
    await createClient(sim, { fetch: seen.fetch, runware: { ...sim.settings.runware, apiKey } }).generate(
      TEXT,
    );
    assert.ok(asked > 1 && seen.seen.length === asked);
    assert.equal(seen.seen[1].request.headers.get("authorization"), "Bearer key-2");
  });

  for (const provider of PROVIDERS) {
    const BAD = {
      "a function that rejects": () => Promise.reject(new Error("vault sealed")),
      "a function that throws": () => {
        throw new Error("vault sealed");
      },
      "a key with a line inside": `${KEY}\r\nx-evil: 1`,
      "a key beyond Latin-1": `${KEY}\u{1f511}`,
    };
    for (const [name, apiKey] of Object.entries(BAD)) {
      test(`${provider}: ${name}: a clear error, and nothing is sent`, async (t) => {
        const sim = await simulator(t);
        const seen = counting();
        const settings = { ...sim.settings[provider], apiKey };
        const client = createClient(sim, { fetch: seen.fetch, [provider]: settings });
        const error = await failing(client.submit(REQUESTS[provider], { provider }), "connection_error");
        assert.equal(error.charge, "none");
        assert.match(error.message, /nothing was sent/i);
        assert.match(error.cause.message, typeof apiKey === "function" ? /vault sealed/ : /key/);
        assert.ok(!inspect(error, { depth: 9 }).includes(KEY));
        assert.deepEqual(seen.seen, []);
        await nothingSent(sim);
      });
    }
  }

  test("a function that returns no key: nothing is sent", async () => {
    const seen = counting();
    const client = createFilmgate({ fetch: seen.fetch, runware: { apiKey: async () => undefined } });
    const error = await failing(client.submit(TEXT), "connection_error");
    assert.match(error.cause.message, /No API key/);
    assert.deepEqual(seen.seen, []);
  });

  test("a proxy adds the key itself: none is required, and additional headers are sent", async (t) => {
    const sim = await simulator(t);
    const seen = counting(async (request) => {
      const headers = new Headers(request.headers);
      headers.set("authorization", `Bearer ${KEY}`);
      return fetch(new Request(request, { headers }));
    });
    const runware = {
      baseURL: sim.runware,
      headers: { "x-tenant": "seven", authorization: "Basic abc" },
    };
    const client = createFilmgate({ fetch: seen.fetch, runware });
    await client.generate(TEXT);
    assert.deepEqual(authorizations(seen), ["Basic abc"]);
    assert.equal(seen.seen[0].request.headers.get("x-tenant"), "seven");
    assert.equal(seen.seen[0].request.headers.get("content-type"), "application/json");
  });

  test("a base URL with and without a trailing slash, as a text or a `URL`, with a path of its own", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    for (const slash of ["", "/", "//"]) {
      const runpod = { apiKey: KEY, baseURL: sim.runpod + slash };
      await createFilmgate({ fetch: seen.fetch, runpod }).generate(BOTH, { provider: "runpod" });
    }
    assert.deepEqual(
      new Set(seen.submissions().map(({ path }) => path)),
      new Set(["/runpod/v2/sora-2-pro-i2v/run"]),
    );
    const runware = { apiKey: KEY, baseURL: `${sim.runware}/` };
    await createFilmgate({ fetch: seen.fetch, runware }).generate(TEXT);
    assert.equal(seen.seen.at(-1).path, "/runware/v1");
    const url = new URL(sim.runware);
    const client = createFilmgate({ fetch: seen.fetch, runware: { apiKey: KEY, baseURL: url } });
    url.pathname = "/changed";
    await client.generate(TEXT);
    assert.equal(seen.seen.at(-1).path, "/runware/v1");
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: a token in the path of the base URL is not shown`, async () => {
      const token = "t0ken-of-a-proxy-4711";
      const baseURL = `https://proxy.example/${token}/v1`;
      const answers = {
        "the proxy's answer": async ({ url }) => Response.json({ error: `no route ${url}`, errors: [{ code: "x", message: url }] }, { status: 404 }),
        "what fetch throws": async ({ url }) => Promise.reject(new TypeError(`failed: ${url}`)),
      };
      for (const [what, fetch_] of Object.entries(answers)) {
        const store = memoryStore();
        const client = createFilmgate({ [provider]: { apiKey: KEY, baseURL }, fetch: fetch_, store });
        const job = client.submit(REQUESTS[provider], { provider, timeoutMs: 1_500 });
        const error = await job.then((job) => job.result()).catch((error) => error);
        assert.equal(error.name, "FilmgateError", what);
        const shown = inspect([error, error.raw, error.providerMessage, await store.list()], { depth: 9, showHidden: true });
        assert.ok(!shown.includes(token), `${what}: ${shown}`);
      }
    });
  }

  for (const baseURL of [
    "", "nonsense", "/runpod", "//example.com/v1", "localhost:3000/v2", "example.com/v1", "file:///etc",
    "https://user:secret@example.com/v1", "https://secret@example.com", "https://example.com/v1?key=secret",
    "https://example.com/v1?", "https://example.com/v1#secret", new URL("https://example.com/v1?key=secret"), {}, 5,
  ]) {
    for (const provider of PROVIDERS) {
      test(`${provider}: the base URL ${inspect(String(baseURL))} is refused`, async () => {
        const create = async () => createFilmgate({ [provider]: { apiKey: KEY, baseURL } });
        const error = await failing(create(), "invalid_request");
        assert.equal(error.charge, "none");
        assert.deepEqual(error.issues.map(({ path }) => path), [`${provider}.baseURL`]);
        assert.ok(!inspect(error).includes("secret"));
      });
    }
  }
});

test("from the environment, at the time of the call", async (t) => {
  const sim = await simulator(t);
  for (const provider of PROVIDERS) {
    const seen = counting((request) => {
      const address = request.url.replace(/^https:\/\/api\.run(pod|ware)\.ai\/v\d/, sim[provider]);
      return fetch(new Request(address, request));
    });
    const client = createFilmgate({ fetch: seen.fetch });
    process.env[VARIABLES[provider]] = "";
    await failing(client.submit(REQUESTS[provider], { provider }), "missing_api_key");
    process.env[VARIABLES[provider]] = KEY;
    t.after(() => delete process.env[VARIABLES[provider]]);
    await client.generate(REQUESTS[provider], { provider });
    assert.deepEqual(authorizations(seen), [`Bearer ${KEY}`]);
    assert.match(seen.seen[0].request.url, new RegExp(`^https://api.${provider}.ai/`));
  }
});
