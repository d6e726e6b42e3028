// The error of a call whose jobs have all failed says that it may have been billed, if that is so of any of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { MODEL, callOf, thrown, waitFor } from "./support.mjs";

test("doStatus rejects with the job that may have been billed, not with the first one", async (t) => {
  const sim = createSimulator({ jobDurationMs: 3_000 });
  t.after(() => sim.close());
  const { client, video } = createFilmgateProvider({ ...sim.options, store: memoryStore() });
  const model = video(MODEL);
  const { duration, providerOptions, prompt } = callOf("runpod", model);
  const image = { type: "url", url: prompt.image };
  const { operation } = await model.doStart({ prompt: "[fail]", n: 2, duration, image, providerOptions });
  const [first, second] = operation.handles;
  const { charge } = await client.resume(second).cancel();
  assert.equal(charge, "unknown");
  sim.advance(3_000);
  await waitFor(async () => (await client.status(first)).error);
  const charges = await Promise.all([first, second].map(async (handle) => (await client.status(handle)).error.charge));
  assert.deepEqual(charges, ["none", "unknown"]);
  const error = await thrown(model.doStatus({ operation }));
  assert.deepEqual([error.charge, error.code, error.handle.id], ["unknown", "cancelled", second.id]);
  assert.deepEqual(error.handles.map(({ id }) => id), [first.id, second.id]);
});
