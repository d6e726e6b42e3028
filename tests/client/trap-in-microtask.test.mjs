// A trap in a microtask of the module's transport destroys the instance: the next call gets another, and the response
// that was in flight is not lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOTH, PROVIDERS, REQUESTS, createClient, simulator } from "./support.mjs";

let traps = 0;
let trapped = 0;
let instances = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  instances += 1;
  const { exports } = new Instance(module, imports);
  const mended = Object.entries(exports).map(([name, value]) => {
    if (!/closures_+invoke.*result_+Result/.test(name)) return [name, value];
    const guarded = (...args) => {
      if (traps === 0) return value(...args);
      traps -= 1;
      trapped += 1;
      // Thrown in a microtask, it reaches nobody but the process: the test's runner would take it for its own.
      return [0, 0];
    };
    return [name, guarded];
  });
  return { exports: Object.fromEntries(mended) };
};

for (const provider of PROVIDERS) {
  test(`${provider}: a trap while a response is read`, async (t) => {
    const sim = await simulator(t);
    let calls = 0;
    const client = createClient(sim, {
      // What waits for a dead instance waits as long.
      requestTimeoutMs: 600_000,
      fetch: async (request) => {
        calls += 1;
        const response = await fetch(request);
        if (calls === 1) traps = 1;
        return response;
      },
    });
    const before = instances;
    const { videos } = await client.generate(REQUESTS[provider], { provider });
    assert.equal(videos.length, 1);
    assert.ok(trapped > 0);
    const { submissions, charges } = await sim.ledger();
    assert.deepEqual([submissions.length, charges.length], [1, 1]);
    assert.ok(instances > before);
    assert.ok(client.validate(BOTH).ok);
  });
}
