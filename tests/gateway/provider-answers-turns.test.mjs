// Long answers of providers: cut at a bound, and read one after the other, so that an isolate never holds several.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { boundedAnswer, MAX_ANSWER_BYTES } = await workerModules("provider-answers.ts");
const PIECE = 250_000;

/** An answer of that length in pieces, and how much of it was read. */
function answer(bytes) {
  const state = { read: 0, isCancelled: false };
  const body = new ReadableStream(
    {
      pull(controller) {
        if (state.read >= bytes) return controller.close();
        const length = Math.min(PIECE, bytes - state.read);
        state.read += length;
        controller.enqueue(new Uint8Array(length));
      },
      cancel: () => void (state.isCancelled = true),
    },
    { highWaterMark: 0 },
  );
  const headers = { "content-type": "application/json", "retry-after": "3" };
  return { state, response: boundedAnswer(new Response(body, { status: 429, headers })) };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

test("status, headers and a body within the bound are passed on", async () => {
  const { response } = answer(MAX_ANSWER_BYTES);
  assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "3"]);
  assert.equal((await response.arrayBuffer()).byteLength, MAX_ANSWER_BYTES);
  assert.equal(boundedAnswer(new Response(null, { status: 204 })).body, null);
});

test("a longer one is not read beyond it, and fails", async () => {
  const { response, state } = answer(5 * MAX_ANSWER_BYTES);
  await assert.rejects(response.text(), /too long/);
  assert.ok(state.read <= MAX_ANSWER_BYTES + 2 * PIECE, `${state.read}`);
  assert.equal(state.isCancelled, true);
});

test("of many large ones only one is read at a time, and a short one waits for none", async () => {
  const large = Array.from({ length: 4 }, () => answer(4_000_000));
  const readers = large.map(({ response }) => response.body.getReader());
  // One piece of each in turns, as far as it comes.
  const ends = readers.map(async (reader) => {
    for (let isDone = false; !isDone; await tick()) ({ done: isDone } = await reader.read());
  });
  const most = [];
  const watch = async () => {
    while (large.some(({ state }) => state.read < 4_000_000)) {
      most.push(large.filter(({ state: { read } }) => read > 1_500_000 && read < 4_000_000).length);
      await tick();
    }
  };
  const short = answer(500_000);
  const shortEnd = short.response.text();
  await Promise.all([watch(), shortEnd, ...ends]);
  assert.ok(most.length > 3 && Math.max(...most) === 1, most.join());
});

test("one that fails or is left gives its turn to the next", async () => {
  await assert.rejects(answer(2 * MAX_ANSWER_BYTES).response.text());
  const left = answer(4_000_000).response.body.getReader();
  for (let count = 0; count < 6; count += 1) await left.read();
  await left.cancel();
  assert.equal((await answer(4_000_000).response.arrayBuffer()).byteLength, 4_000_000);
});
