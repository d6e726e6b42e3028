// A job that another process tracks, and whose lease it holds, can be checked and cancelled.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { folderOf, start } from "./processes.mjs";
import { BOTH, PROVIDERS, REQUESTS, createClient, counting, deferred, failing, simulator, waitFor } from "./support.mjs";

const HOUR_MS = 3_600_000;
const SLOW = { jobDurationMs: HOUR_MS };

/** A process that tracks a new job, and a client of this one on the same folder. */
async function tracked(t, provider) {
  const sim = await simulator(t, { ...SLOW, statusSync: false });
  const folder = folderOf();
  const { settings } = sim;
  const other = start(t, { kind: "generate", settings, folder, request: REQUESTS[provider], options: { provider } });
  const handle = await other.first("handle");
  const counted = counting();
  const client = createClient(sim, { store: folderStore(folder), fetch: counted.fetch });
  return { sim, other, handle, client, sent: counted.seen };
}

describe("a job that another process tracks", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: \`status\` returns what its record says and when to check next, without a request`, async (t) => {
      const { handle, client, sent } = await tracked(t, provider);
      const before = Date.now();
      const { status, nextPollAt, handle: known } = await client.status(handle);
      assert.match(status, /^(queued|running)$/);
      assert.ok(nextPollAt > before);
      assert.deepEqual(known, handle);
      assert.deepEqual(sent, []);
    });
  }

  test("RunPod: a cancel reaches the provider; the other process sees it, and stores it", async (t) => {
    const { sim, other, handle, client, sent } = await tracked(t, "runpod");
    const job = client.resume(handle);
    assert.deepEqual(await job.cancel(), { result: "cancelled", charge: "unknown" });
    assert.deepEqual(sent.map(({ path }) => path.split("/").at(-2)), ["cancel"]);
    assert.equal((await other.first("error")).code, "cancelled");
    await failing(job.result(), "cancelled");
    assert.equal((await client.jobs())[0].status, "cancelled");
    const { submissions, charges } = await sim.ledger();
    assert.deepEqual([submissions.length, charges.length], [1, 0]);
  });

  test("Runware: a cancel is unsupported; the other process gets the video", async (t) => {
    const { sim, other, handle, client, sent } = await tracked(t, "runware");
    assert.deepEqual(await client.resume(handle).cancel(), { result: "unsupported", charge: "unknown" });
    assert.deepEqual(sent, []);
    await sim.control("advance", { ms: HOUR_MS });
    assert.equal((await other.first("outcome")).videos.length, 1);
  });
});

describe("a submit of another client that is in flight", { concurrency: true }, () => {
  /** A client whose submit is held up, and its job's handle from the store that both share. */
  async function held(t) {
    const sim = await simulator(t, { ...SLOW, statusSync: false });
    const store = memoryStore();
    const gate = deferred();
    const controller = new AbortController();
    t.after(() => {
      gate.resolve();
      controller.abort();
    });
    const slow = async (request) => (request.url.endsWith("/run") && (await gate.promise), fetch(request));
    const options = { provider: "runpod", signal: controller.signal };
    const submitting = createClient(sim, { store, fetch: slow }).submit(BOTH, options);
    submitting.catch(() => {});
    const counted = counting();
    const client = createClient(sim, { store, fetch: counted.fetch });
    const [{ handle }] = await waitFor(async () => (await client.jobs()).length > 0 && client.jobs());
    return { sim, gate, submitting, client, handle, sent: counted.seen };
  }

  test("a cancel waits for the provider's id", async (t) => {
    const { gate, submitting, client, handle } = await held(t);
    const cancelling = client.resume(handle).cancel();
    setTimeout(gate.resolve, 1_500);
    assert.equal((await cancelling).result, "cancelled");
    await failing((await submitting).result(), "cancelled");
  });

  test("without the provider's id, a cancel is unsupported in the end, and nothing is sent", async (t) => {
    const { sim, client, handle, sent } = await held(t);
    assert.deepEqual(await client.resume(handle).cancel(), { result: "unsupported", charge: "unknown" });
    assert.deepEqual(sent, []);
    assert.deepEqual((await sim.ledger()).submissions, []);
  });
});
