// `handleWebhook` resolves once the id of a webhook is stored: RunPod sends it once, and a receiver ends with its response.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { BOTH, createClient, deferred, failing, simulator, waitFor } from "./support.mjs";
import { SECRET, receiver } from "./webhook-receiver.mjs";

test("RunPod: a receiver that ends with its response has not lost the job of a lost submit", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 1_000 });
  await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
  const store = memoryStore();
  const clientOf = (kept) => createClient(sim, { store: kept, allowPrivateHosts: true });
  const { calls, webhook } = await receiver(t);
  const submitting = clientOf(store).submit(BOTH, { provider: "runpod", webhook });
  const { handle } = await failing(submitting, "submission_unknown");
  const [call] = await waitFor(() => calls.length > 0 && calls);

  const [writing, allowed] = [deferred(), deferred()];
  t.after(allowed.resolve);
  const put = async (...args) => {
    writing.resolve();
    await allowed.promise;
    return store.put(...args);
  };
  const receiving = clientOf({ ...store, put });
  const event = await receiving.verifyWebhook({ ...call, secret: SECRET });
  let isHeard = false;
  const hearing = receiving.handleWebhook(event).finally(() => (isHeard = true));
  await writing.promise;
  // Much longer than a response without a wait takes.
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(isHeard, false);

  allowed.resolve();
  const job = await hearing;
  const { record } = await store.get(handle.id);
  assert.equal(record.handle.jobId, event.jobId);
  assert.equal((await job.result()).videos.length, 1);
});
