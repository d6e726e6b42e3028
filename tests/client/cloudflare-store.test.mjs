// `filmgate/cloudflare`: the store in a Durable Object, in workerd.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startWorker } from "./engine.mjs";
import { contract } from "./fixtures/store-contract.js";
import { TEXT, simulator } from "./support.mjs";

let worker;
before(async () => {
  worker = await startWorker("tests/client/fixtures/object-worker.js", ["filmgate.wasm"], ["Jobs"]);
});
after(() => worker?.stop());

/** What an object returns. */
async function ask(name, action, more) {
  const body = JSON.stringify({ action, ...more });
  const response = await fetch(`${worker.origin}/${encodeURIComponent(name)}`, { method: "POST", body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { value, error } = JSON.parse(text);
  if (error) throw Object.assign(new Error(error.message), error);
  return value;
}

describe("durableObjectStore", () => {
  for (const name of Object.keys(contract)) test(name, () => ask(name, "contract", { name }));

  test("a record larger than a value of the database stays whole, in any script", async () => {
    for (const [key, unit] of Object.entries({ a: "x", b: "狐", c: "🦊" })) {
      const record = { handle: { id: key }, body: unit.repeat(1_400_000) };
      assert.equal(await ask("large", "put", { key, record, revision: 0 }), true);
      assert.deepEqual(await ask("large", "get", { key }), { record, revision: 1 });
      const small = { handle: { id: key } };
      assert.equal(await ask("large", "put", { key, record: small, revision: 1 }), true);
      assert.deepEqual(await ask("large", "get", { key }), { record: small, revision: 2 });
    }
    assert.equal((await ask("large", "list")).length, 3);
  });

  test("two objects do not share a store", async () => {
    await ask("one", "put", { key: "a", record: { handle: { id: "a" } }, revision: 0 });
    assert.deepEqual(await ask("two", "list"), []);
  });

  test("a storage without SQLite is refused with what to do", async () => {
    await assert.rejects(ask("refused", "refused"), { code: "invalid_request", message: /new_sqlite_classes/ });
  });

  test("killed after its submit, the object finishes the job: one charge", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const handle = await ask("job", "submit", { settings: sim.settings, request: TEXT });
    await worker.restart();
    const [outcome, ...others] = await ask("job", "finish", { settings: sim.settings });
    assert.deepEqual([outcome.handle.id, outcome.videos.length, others.length], [handle.id, 1, 0]);
    const { submissions, charges } = await sim.ledger();
    assert.deepEqual([submissions.length, charges.length], [1, 1]);
  });
});
