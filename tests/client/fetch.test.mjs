// A custom fetch: its arguments, and its possible responses.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { createFilmgate } from "../../pkg/dist/index.js";
import {
  BOTH,
  KEY,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  simulator,
} from "./support.mjs";

/** An object that only looks like a Response, created from a real one. */
const LOOKALIKES = {
  "a plain object": (status, headers, text) => ({
    status,
    headers: { get: (name) => headers.get(name) },
    text: async () => text,
  }),
  "one whose text is no promise": (status, headers, text) => ({
    status,
    headers,
    text: () => text,
  }),
  "one without headers": (status, headers, text) => ({ status, text: async () => text }),
  "one with headers of another kind": (status, headers, text) => ({
    status,
    headers: { date: "x" },
    text: async () => text,
  }),
  "one of another realm": (status, headers, text) =>
    runInNewContext(
      "({ status, headers: { get: () => null }, text: () => Promise.resolve(text) })",
      { status, text, Promise },
    ),
};

describe("fetch", { concurrency: true }, () => {
  test("it gets a Request, unbound, with a signal and without following redirects", async (t) => {
    const sim = await simulator(t);
    const given = [];
    const client = createClient(sim, {
      fetch: function (...args) {
        given.push({ args, self: this });
        return fetch(...args);
      },
    });
    await client.generate(TEXT);
    for (const { args, self } of given) {
      assert.ok(args[0] instanceof Request && args[0].signal instanceof AbortSignal);
      assert.equal(args[0].redirect, "manual");
      assert.equal(args.length, 1);
      assert.equal(self, undefined);
    }
  });

  for (const [name, make] of Object.entries(LOOKALIKES)) {
    test(`a response may be ${name}`, async (t) => {
      const sim = await simulator(t);
      const client = createClient(sim, {
        fetch: async (request) => {
          const { status, headers, ...answer } = await fetch(request).then(async (real) => ({
            status: real.status,
            headers: real.headers,
            text: await real.text(),
          }));
          return make(status, headers, answer.text);
        },
      });
      assert.equal((await client.generate(TEXT)).videos.length, 1);
    });
  }

  const NONSENSE = {
    "throws before it answers": () => {
      throw new Error("no");
    },
    "answers with nothing": async () => undefined,
    "answers with null": async () => null,
    "answers with a text": async () => "ok",
    "answers with an empty object": async () => ({}),
    "answers with a getter that throws": async () => ({
      get status() {
        throw new Error("no");
      },
    }),
    "answers with a text that rejects": async () => ({
      status: 200,
      text: () => Promise.reject(new Error("cut")),
    }),
    "answers with a text that is none": async () => ({ status: 200, text: async () => ({}) }),
    "rejects with nothing": () => Promise.reject(),
  };
  for (const [name, nonsense] of Object.entries(NONSENSE)) {
    test(`a submit whose fetch ${name} may have been paid, so it is unknown and not sent again`, async () => {
      let calls = 0;
      const count = (...args) => ((calls += 1), nonsense(...args));
      const runpod = { apiKey: KEY, baseURL: "https://gateway.example" };
      const client = createFilmgate({ fetch: count, runpod });
      const error = await failing(client.submit(BOTH, { provider: "runpod" }), "submission_unknown");
      assert.equal(error.charge, "unknown");
      assert.equal(calls, 1);
    });
  }

  test("a poll that throws does not end a job", async (t) => {
    const sim = await simulator(t);
    const nonsense = NONSENSE["throws before it answers"];
    const seen = counting((request) => (seen.seen.length === 2 ? nonsense() : fetch(request)));
    const outcome = await createClient(sim, { fetch: seen.fetch }).generate(BOTH, { provider: "runpod" });
    assert.equal(outcome.videos.length, 1);
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: a redirect is not followed, so that no key goes elsewhere and nothing is sent twice`, async (t) => {
      const arrived = [];
      const server = createServer((request, response) => {
        arrived.push(request.url);
        response.writeHead(307, { location: "/elsewhere" }).end();
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => server.close());
      const baseURL = `http://127.0.0.1:${server.address().port}/base`;
      const client = createFilmgate({ [provider]: { apiKey: KEY, baseURL } });
      const error = await client
        .submit(REQUESTS[provider], { provider, timeoutMs: 1_200 })
        .catch((thrown) => thrown);
      assert.ok(["submission_unknown", "timeout"].includes(error.code), error.code);
      assert.ok(arrived.length > 0 && arrived.every((url) => url.startsWith("/base")));
    });
  }
});
