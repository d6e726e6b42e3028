// A limit is a limit at the gateway's client, too: a fetch, a key, a response or a store that stands still or is none.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { KEY, TEXT, failing } from "./support.mjs";

const URL_ = "https://gateway.example";
const ID = "2f9c24e5-2c51-4b1c-9d4c-8a2f0f6f1e11";
const HANDLE = {
  ...{ version: 1, provider: "runware", model: "sora-2-pro", providerModelId: "openai:3@2", n: 1, createdAt: 1 },
  ...{ id: ID, gateway: URL_, jobId: "video_1" },
};
const LIMITS = { timeoutMs: 500 };
/** What hangs hangs for ever, so a busy machine has time. */
const SLACK_MS = 120_000;
const never = () => new Promise(() => {});
const endless = async () => new Response(new ReadableStream({}), { headers: { "content-type": "application/json" } });

const clientOf = ({ apiKey = KEY, ...options }) =>
  createFilmgate({ gateway: { url: URL_, apiKey }, requestTimeoutMs: 1_000, ...options });

async function inTime(work) {
  const late = {};
  const end = await Promise.race([work.then((value) => value, (error) => error), sleep(1_000 + SLACK_MS, late, { ref: false })]);
  assert.notEqual(end, late, "it is late");
  assert.equal(end?.name, "FilmgateError", String(end?.stack ?? end));
  return end;
}

const STANDING = { "a fetch that hangs": { fetch: never }, "a body without an end": { fetch: endless } };
const KEY_HANGS = { apiKey: never, fetch: () => assert.fail("it was sent") };

describe("the gateway's client ends in time", { concurrency: true }, () => {
  for (const [name, options] of Object.entries({ ...STANDING, "a key that hangs": KEY_HANGS })) {
    for (const call of ["submit", "start", "generate"]) {
      test(`${name}: ${call}`, async () => {
        const error = await inTime(clientOf(options)[call](TEXT, LIMITS));
        assert.deepEqual([error.code, error.charge], ["timeout", options === KEY_HANGS ? "none" : "unknown"]);
        if (options !== KEY_HANGS) assert.equal(error.handle.gateway, URL_);
      });
    }
    test(`${name}: status, resume and cancel`, async () => {
      const client = clientOf(options);
      const job = client.resume(HANDLE, LIMITS);
      const ended = [client.status({ ...HANDLE, id: ID.replace("2", "3") }, LIMITS), job.result(), job.cancel()];
      for (const error of await Promise.all(ended.map(inTime))) assert.equal(error.charge, "unknown");
    });
  }

  for (const [name, answer] of Object.entries({ null: null, "a number": 5, "no headers": { ok: true, status: 200 } })) {
    test(`a fetch that returns ${name} is one without an answer`, async () => {
      const client = clientOf({ fetch: async () => answer });
      const error = await inTime(client.submit(TEXT, LIMITS));
      assert.deepEqual([error.code, error.charge], ["timeout", "unknown"]);
      assert.equal((await inTime(client.status(HANDLE, LIMITS))).code, "connection_error");
    });
  }

  const fails = async () => {
    throw new Error("no disk");
  };
  const ODD = { "`get` throws": { get: fails }, "`lease` throws": { lease: fails }, "`lease` does nothing": { lease: async () => {} } };
  for (const [name, methods] of Object.entries({ ...ODD, "`get` hangs": { get: never } })) {
    test(`a store whose ${name}: nothing is sent, and no record stays`, async () => {
      const memory = memoryStore();
      const client = clientOf({ store: { ...memory, ...methods }, fetch: () => assert.fail("it was sent") });
      const error = await inTime(client.submit(TEXT, LIMITS));
      assert.equal(error.charge, "none");
      assert.ok(["store_error", "timeout"].includes(error.code), error.code);
      if (!methods.get) assert.deepEqual(await memory.list(), []);
    });
  }

  test("a store with something else under the id of a job", async () => {
    const client = clientOf({ store: { ...memoryStore(), get: async () => 5 }, fetch: never });
    assert.equal((await inTime(client.status(HANDLE, LIMITS))).code, "timeout");
  });
});

test("a key function that returns no string sends nothing", async () => {
  for (const apiKey of [() => ({}), async () => ({ key: KEY }), () => 5, () => [KEY], () => Symbol("key")]) {
    const fetch = () => assert.fail("it was sent");
    await failing(clientOf({ apiKey, fetch }).submit(TEXT), "missing_api_key");
    const error = await failing(createFilmgate({ runware: { apiKey }, fetch }).submit(TEXT), "connection_error");
    assert.match(error.cause.message, /`runware.apiKey` must return a string/);
  }
});
