// A host that sends nothing for a minute: the connection is closed, and the rest is requested.
// In mocked time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { VIDEO, collector, videoBytes, host } from "./hosts.mjs";

const CONTENT = videoBytes(1000);
const never = new Promise(() => {});

/** Downloads, while time passes as fast as it can. */
async function inMockedTime(t, fetch) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { sink, bytes } = collector();
  let isOver = false;
  const done = createFilmgate({ fetch }).download(VIDEO, sink);
  done.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver) {
    t.mock.timers.tick(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  assert.ok(bytes().equals(CONTENT));
}

test("in the middle of the body", async (t) => {
  const { fetch, asked } = host({ content: CONTENT }, { content: CONTENT, status: 206, from: 400 });
  let isStopped = false;
  await inMockedTime(t, async (address, init) => {
    const answer = await fetch(address, init);
    if (asked.length > 1) return answer;
    init.signal.addEventListener("abort", () => (isStopped = true));
    const reader = answer.body.getReader();
    let pieces = 4;
    const pull = async (controller) => {
      if (pieces-- > 0) controller.enqueue((await reader.read()).value);
      else await never;
    };
    return new Response(new ReadableStream({ pull }), { headers: answer.headers });
  });
  assert.equal(asked[1].range, "bytes=400-");
  assert.equal(isStopped, true, "the silent request is ended");
});

test("before its response", async (t) => {
  const { fetch, asked } = host({ content: CONTENT }, { content: CONTENT });
  await inMockedTime(t, (...request) => {
    const answer = fetch(...request);
    return asked.length > 1 ? answer : never;
  });
  assert.equal(asked.length, 2);
});
