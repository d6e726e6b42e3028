// The provider's reasons reach the owner of the request, and no log.
import assert from "node:assert/strict";
import { test, describe } from "node:test";
import { inspect } from "node:util";
import { FilmgateError, memoryStore } from "../../pkg/dist/index.js";
import { PROMPT, TEXT, createClient, simulator } from "./support.mjs";

const WORDS = "Frame image width must be between 300 and 2048.";
const QUOTING = `${WORDS} Your prompt was: ${PROMPT}`;

/** A started job, and a `fetch` that answers each poll of it with a failure in these words. */
async function failed(t, message) {
  const sim = await simulator(t, { jobDurationMs: 60_000 });
  const store = memoryStore();
  const handle = await createClient(sim, { store }).start(TEXT, { provider: "runware" });
  const error = { code: "invalidFrameImageWidth", message, taskUUID: handle.id, taskType: "videoInference" };
  const fetch = async () => Response.json({ errors: [error] }, { status: 400 });
  // Another client of the store is as good as another process.
  return { handle, store, elsewhere: () => createClient(sim, { store, fetch }) };
}

/** Everything that a log may show of a value. */
const shown = (value) =>
  [JSON.stringify(value), String(value), inspect(value, { depth: 9 }), inspect({ value }, { depth: 9 })].join("\n");

describe("reasons", { concurrency: true }, () => {
  test("`status` with the request has the provider's reason, without quotations", async (t) => {
    const { handle, elsewhere } = await failed(t, QUOTING);
    const { error } = await elsewhere().status(handle, { request: TEXT });
    assert.ok(error.message.includes(WORDS), error.message);
    assert.equal(error.message.includes(PROMPT), false);
  });

  test("`resume` with the request has it, too", async (t) => {
    const { handle, elsewhere } = await failed(t, QUOTING);
    const error = await elsewhere()
      .resume(handle, { request: TEXT })
      .result()
      .catch((thrown) => thrown);
    assert.ok(error.message.includes(WORDS), error.message);
    assert.equal(error.message.includes(PROMPT), false);
  });

  test("without the request, the provider's words are on fields that no log shows", async (t) => {
    const { handle, elsewhere } = await failed(t, QUOTING);
    const { error } = await elsewhere().status(handle);
    assert.equal(error.providerMessage, QUOTING);
    for (const each of [error, new FilmgateError(error)]) {
      assert.equal(each.message.includes(WORDS), false);
      assert.equal(each.providerMessage, QUOTING);
      assert.equal(shown(each).includes("Frame image"), false);
      assert.equal(Object.keys(each).includes("providerMessage"), false);
    }
  });

  test("the response of a job without a video is on a field that no log shows", async (t) => {
    const { handle, store, elsewhere } = await failed(t, WORDS);
    const raw = { secret: "of-the-response" };
    const { error } = await elsewhere().status(handle);
    const [{ record, revision }] = await store.list();
    const end = { ...record.end, raw };
    await store.put(handle.id, { ...record, end }, revision);
    const [stored] = await elsewhere().jobs();
    assert.equal(stored.error.code, error.code);
    assert.deepEqual(stored.error.raw, raw);
    for (const each of [stored, new FilmgateError(stored.error)]) {
      assert.equal(shown(each).includes("of-the-response"), false);
    }
    assert.deepEqual(new FilmgateError(stored.error).raw, raw);
  });
});
