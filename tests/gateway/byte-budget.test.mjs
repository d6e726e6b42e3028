// The bodies of an isolate share its memory.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { workerModules } from "./worker-module.mjs";

mock.timers.enable({ apis: ["setTimeout", "Date"] });
const MB = 1_000_000;
const fresh = async () => (await workerModules("byte-budget.ts")).holdBytes;
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Starts holds; `{ state(): "held" | "waiting" | code, release() }` each. */
function holding(holdBytes, key, mb) {
  let state = "waiting";
  let release;
  holdBytes(key, mb * MB).then(
    (give) => ([state, release] = ["held", give]),
    (error) => (state = error.details),
  );
  return { state: () => state, release: () => release() };
}
const states = (holds) => holds.map((hold) => hold.state());

test("what fits twice is held, the rest waits in order, and is held as room is given back", async () => {
  const holdBytes = await fresh();
  const holds = [5, 3, 3, 1.5].map((mb) => holding(holdBytes, "a", mb));
  await tick();
  assert.deepEqual(states(holds), ["held", "held", "waiting", "waiting"]);
  holds[1].release();
  await tick();
  assert.deepEqual(states(holds), ["held", "held", "held", "waiting"]);
  holds[0].release();
  await tick();
  assert.deepEqual(states(holds), ["held", "held", "held", "held"]);
});

test("one key's bodies leave room for another's, and all together have a limit", async () => {
  const holdBytes = await fresh();
  const holds = [["a", 16], ["a", 1], ["b", 16], ["c", 1]].map(([key, mb]) => holding(holdBytes, key, mb));
  await tick();
  assert.deepEqual(states(holds), ["held", "waiting", "held", "waiting"]);
  holds[0].release();
  await tick();
  assert.deepEqual(states(holds), ["held", "held", "held", "held"]);
});

test("without room in time it is refused, with a time to retry, and takes no other's place", async () => {
  const holdBytes = await fresh();
  const [first, second, third] = [holding(holdBytes, "a", 16), holding(holdBytes, "a", 16), holding(holdBytes, "a", 1)];
  await tick();
  mock.timers.tick(20_000);
  await tick();
  const { status, code, retryAfterSeconds, mayRetryItself } = second.state();
  assert.deepEqual([status, code, retryAfterSeconds, mayRetryItself], [503, "service_unavailable", 5, false]);
  assert.equal(third.state().status, 503);
  first.release();
  const next = holding(holdBytes, "a", 16);
  await tick();
  assert.equal(next.state(), "held");
});

test("a small body never waits", async () => {
  const holdBytes = await fresh();
  const [large, small] = [holding(holdBytes, "a", 16), holding(holdBytes, "a", 0.06)];
  await tick();
  assert.deepEqual(states([large, small]), ["held", "held"]);
});

test("the share of a request that the engine cancelled is given back", async () => {
  const holdBytes = await fresh();
  holding(holdBytes, "a", 16);
  await tick();
  mock.timers.tick(90_001);
  const next = holding(holdBytes, "a", 16);
  await tick();
  assert.equal(next.state(), "held");
});
