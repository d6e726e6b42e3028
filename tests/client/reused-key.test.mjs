// An idempotency key that is used again for another request is rejected; for the same request it joins the job.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { BOTH, PROMPT, failing } from "./support.mjs";

const PNG = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(64, 7)]);
const SIGNED = "https://example.com/fox.png?X-Amz-Expires=300&X-Amz-Signature=";
const FIRST = { model: "p-video", prompt: PROMPT, duration: 5, resolution: "720p" };

/** A simulated world, and a way to open clients that share one store in it. */
function world(t) {
  const sim = createSimulator({ jobDurationMs: 300 });
  t.after(() => sim.close());
  const store = memoryStore();
  return { sim, store, open: () => createFilmgate({ ...sim.options, store }) };
}

/** Tries the second submit in the first client while the job runs, after its end, and in a later one. */
async function twice(t, [first, firstOptions], [second, secondOptions], check) {
  const { sim, store, open } = world(t);
  const client = open();
  const idempotencyKey = crypto.randomUUID();
  const job = await client.submit(first, { ...firstOptions, idempotencyKey });
  const again = { ...secondOptions, idempotencyKey };
  await check(() => client.submit(second, again), job);
  await job.result();
  for (const one of [client, open()]) {
    await check(() => one.submit(second, again), job);
    await check(() => one.start(second, again), job);
  }
  await open().status(job.handle);
  await check(() => open().submit(second, again), job);
  assert.equal(sim.submissions().length, 1);
  assert.ok(!JSON.stringify(await store.list()).includes(PROMPT));
}

async function rejects(submit) {
  const error = await failing(submit(), "invalid_request");
  assert.deepEqual([error.charge, error.issues[0].path, error.issues[0].code], ["none", "idempotencyKey", "conflict"]);
}

const joins = async (submit, { handle }) => {
  const joined = await submit();
  assert.equal((joined.handle ?? joined).id, handle.id);
};

describe("a key of another request is rejected", { concurrency: true }, () => {
  for (const [what, request, options] of [
    ["another prompt", { ...FIRST, prompt: "A dog" }],
    ["another duration", { ...FIRST, duration: 4 }],
    ["another model", { ...FIRST, model: "wan-2.6" }],
    ["another number of videos", { ...FIRST, n: 2 }],
    ["another provider", FIRST, { provider: "runpod" }],
    ["other providers", FIRST, { provider: ["runpod"] }],
    ["an image", { ...FIRST, image: PNG }],
  ]) {
    test(what, (t) => twice(t, [FIRST, { provider: "runware" }], [request, options], rejects));
  }

  test("another image as bytes", (t) => {
    const image = (last) => ({ ...FIRST, image: Buffer.concat([PNG, Buffer.from([last])]) });
    return twice(t, [image(1), { provider: "runware" }], [image(2)], rejects);
  });
});

describe("a key of the same request joins its job", { concurrency: true }, () => {
  const options = { provider: "runware", maxCostUsd: 4 };
  for (const [what, request, again, other] of [
    ["the same", FIRST, FIRST, options],
    ["its fields in another order, one undefined", FIRST, Object.fromEntries([...Object.entries(FIRST).reverse(), ["seed", undefined]])],
    ["any provider", FIRST, FIRST, { provider: "cheapest" }],
    ["its provider among others", FIRST, FIRST, { provider: ["runpod", "runware"] }],
    ["another limit and timeout", FIRST, FIRST, { maxCostUsd: 5, timeoutMs: 60_000 }],
    ["its image as bytes, then as a Blob", { ...FIRST, image: PNG }, { ...FIRST, image: new Blob([PNG]) }],
    ["its image as a URL, then as a `URL`", BOTH, { ...BOTH, image: new URL(BOTH.image) }],
    ["the URL of its image signed anew", { ...BOTH, image: `${SIGNED}a` }, { ...BOTH, image: `${SIGNED}b` }],
    ["another webhook", FIRST, { ...FIRST, webhookUrl: "https://example.com/hook" }],
  ]) {
    test(what, (t) => twice(t, [request, options], [again, other], joins));
  }
});
