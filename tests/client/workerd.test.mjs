// In workerd, the engine of Cloudflare's Workers, which refuses to compile bytes: the package's entry for it
// imports the module.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startWorker } from "./engine.mjs";
import { BOTH, KEY, PROMPT, PROVIDERS, REQUESTS, TEXT, createClient, simulator } from "./support.mjs";

let worker;
before(async () => {
  worker = await startWorker("tests/client/fixtures/worker.js", ["filmgate.wasm"]);
});
after(() => worker?.stop());

/** The Worker's response. */
async function ask(question) {
  const response = await fetch(worker.origin, { method: "POST", body: JSON.stringify(question) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  for (const secret of [KEY, PROMPT]) assert.ok(!text.includes(secret));
  return JSON.parse(text);
}

async function value(question) {
  const { value, error } = await ask(question);
  assert.equal(error, undefined, JSON.stringify(error));
  return value;
}

describe("workerd", { concurrency: true }, () => {
  test("the bundle imports the module, and does not contain it", () => {
    const text = readFileSync(join(worker.folder, "worker.js"), "utf8");
    assert.match(text, /import \w+ from "\.\/filmgate\.wasm"/);
    assert.ok(text.length < readFileSync(join(worker.folder, "filmgate.wasm")).length);
  });

  test("models, validate and quote return the same as in Node", async () => {
    const client = createClient({ settings: {} });
    assert.deepEqual(await value({ action: "models" }), client.models());
    for (const request of [BOTH, TEXT, { ...TEXT, duration: 5, output: { quality: 1000 } }, null]) {
      assert.deepEqual(await value({ action: "validate", request }), client.validate(request));
      assert.deepEqual(await value({ action: "quote", request }), client.quote(request));
    }
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: generates`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const ordered = { request: REQUESTS[provider], options: { provider } };
      const outcome = await value({ action: "generate", settings: sim.settings, ...ordered });
      assert.equal(outcome.provider, provider);
      assert.equal(outcome.charge, "charged");
      assert.match(outcome.videos[0].url, /^http:.*\.mp4$/);
      const { submissions, charges, totalMicroUsd } = await sim.ledger();
      assert.equal(submissions.length, 1);
      assert.equal(charges.length, 1);
      assert.equal(totalMicroUsd, Math.round(outcome.costUsd * 1e6));
    });

    test(`${provider}: one request submits, a later one of the same isolate gets the video`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const { settings } = sim;
      const ordered = { request: REQUESTS[provider], options: { provider } };
      const handle = await value({ action: "submit", settings, ...ordered });
      const outcome = await value({ action: "resume", settings, handle });
      assert.equal(outcome.videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  }

  test("several requests of one isolate generate at once", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const results = [...PROVIDERS, ...PROVIDERS].map((provider) =>
      value({
        action: "generate",
        settings: sim.settings,
        request: REQUESTS[provider],
        options: { provider },
      }),
    );
    const outcomes = await Promise.all(results);
    assert.equal(new Set(outcomes.map(({ videos }) => videos[0].url)).size, 4);
    assert.equal((await sim.ledger()).charges.length, 4);
  });

  test("an error says what it cost, and how to find the job", async (t) => {
    const sim = await simulator(t);
    const request = { ...TEXT, prompt: `${PROMPT} [fail]` };
    const { error } = await ask({ action: "generate", settings: sim.settings, request });
    assert.equal(error.code, "generation_failed");
    assert.equal(error.charge, "unknown");
    assert.equal(error.handle.provider, "runware");
  });
});
