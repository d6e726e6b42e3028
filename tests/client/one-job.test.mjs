// One stored job is read by its id, and no other one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createGatewayClient } from "../../pkg/dist/gateway-client/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { TEXT, failing } from "./support.mjs";

const gateway = { url: "https://gateway.example", apiKey: "fgw_of_a_test" };
const UNKNOWN = "5f0c6f0e-6c2b-4a57-9d5b-0d2f3f1f0000";

/** A store that tells which of its methods were called. */
function watched() {
  const calls = [];
  const entries = Object.entries(memoryStore()).map(([name, call]) => [name, (...given) => (calls.push(name), call(...given))]);
  return { store: Object.fromEntries(entries), calls };
}

async function ended(t, store) {
  const simulator = createSimulator({ jobDurationMs: 50 });
  t.after(() => simulator.close());
  const client = createFilmgate({ ...simulator.options, store });
  const { handle } = await client.generate(TEXT);
  return { client, handle };
}

test("the same as its entry in `jobs`, by one `get`", async (t) => {
  const { store, calls } = watched();
  const { client, handle } = await ended(t, store);
  await client.generate(TEXT);
  const [, listed] = await client.jobs();
  calls.length = 0;
  assert.deepEqual(await client.job(handle.id), listed);
  assert.deepEqual(calls, ["get"]);
});

test("undefined for an unknown id, and after `deleteJob`", async (t) => {
  const { client, handle } = await ended(t);
  assert.equal(await client.job(UNKNOWN), undefined);
  await client.deleteJob(handle);
  assert.equal(await client.job(handle.id), undefined);
});

test("through a gateway: its own jobs alone, by one `get`", async (t) => {
  const { store, calls } = watched();
  const { client, handle } = await ended(t, store);
  const { record } = await store.get(handle.id);
  const own = { ...handle, id: UNKNOWN, gateway: gateway.url, jobId: "video_1" };
  await store.put(UNKNOWN, { ...record, handle: own }, 0);
  for (const remote of [createFilmgate({ gateway, store }), createGatewayClient({ ...gateway, store })]) {
    const [listed] = await remote.jobs();
    calls.length = 0;
    assert.deepEqual(await remote.job(UNKNOWN), listed);
    assert.equal(listed.handle.jobId, "video_1");
    assert.equal(await remote.job(handle.id), undefined);
    assert.deepEqual(calls, ["get", "get"]);
  }
  assert.equal(await client.job(UNKNOWN), undefined);
});

describe("what cannot be read", () => {
  test("an id that is no text is `invalid_request`", async () => {
    for (const odd of [undefined, null, 5, { id: UNKNOWN }]) {
      const { issues } = await failing(createFilmgate().job(odd), "invalid_request");
      assert.equal(issues[0].path, "id");
    }
  });

  test("what the store throws is the cause of a `store_error`", async () => {
    const cause = new Error("no disk");
    const get = () => {
      throw cause;
    };
    const client = createFilmgate({ store: { ...memoryStore(), get } });
    assert.equal((await failing(client.job(UNKNOWN), "store_error")).cause, cause);
  });

  test("an entry of another program is undefined", async () => {
    for (const entry of [null, 5, {}, { record: 5 }]) {
      const client = createFilmgate({ store: { ...memoryStore(), get: async () => entry } });
      assert.equal(await client.job(UNKNOWN), undefined);
    }
  });
});
