// A provider that is too busy is left alone by all jobs at once, for as long as it says and no longer than a minute.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Limiter } from "../../pkg/dist/driver/limiter.js";
import { PROVIDERS, REQUESTS, createClient, counting, simulator } from "./support.mjs";

const RETRY_AFTER_MS = 3_000;

describe("back-off", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    for (const operation of ["submit", "poll"]) {
      test(`${provider}: twenty jobs, one 429 to a ${operation}: nothing is sent until it is over`, async (t) => {
        const sim = await simulator(t, { statusSync: false });
        const responses = [];
        const seen = counting(async (request) => {
          const sentAt = performance.now();
          const answer = await fetch(request);
          responses.push({ sentAt, receivedAt: performance.now(), status: answer.status });
          return answer;
        });
        const client = createClient(sim, { fetch: seen.fetch });
        const rule = { operation, fault: { kind: "rateLimit", retryAfter: "3" } };
        // Polls of twenty jobs may be one request.
        await sim.faults({ ...rule, skip: operation === "submit" ? 3 : 0 });
        const generating = Array.from({ length: 20 }, () =>
          client.generate(REQUESTS[provider], { provider }),
        );
        await Promise.all(generating);
        const [busy, ...others] = responses.filter(({ status }) => status === 429);
        assert.ok(busy);
        assert.deepEqual(others, []);
        const inPause = responses.filter(({ sentAt }) => {
          const after = sentAt - busy.receivedAt;
          return after > 0 && after < RETRY_AFTER_MS - 5;
        });
        assert.deepEqual(inPause, []);
        const { charges, submissions } = await sim.ledger();
        const taken = submissions.filter(({ outcome }) => outcome === "accepted");
        assert.deepEqual([charges.length, taken.length], [20, 20]);
      });
    }
  }
});

/** A limiter with mocked time, and its pause after a response: in whole seconds, at most 100. */
function busy(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
  const limiter = new Limiter(2);
  const take = () => {
    let slot;
    limiter.acquire(false, (given) => (slot = given));
    return slot;
  };
  const waited = (status, retryAfter, slot = take()) => {
    slot.report(status, retryAfter);
    slot.release();
    let admitted = false;
    limiter.acquire(false, (given) => {
      admitted = true;
      given.release();
    });
    for (let seconds = 0; seconds <= 100; seconds++) {
      if (admitted) return seconds;
      t.mock.timers.tick(1_000);
    }
    return Infinity;
  };
  return { limiter, take, waited };
}

for (const [retryAfter, seconds] of [
  ["3", 3],
  [" 7 ", 7],
  ["0", 1],
  ["86400", 60],
  ["99999999999999999999999", 60],
  ["Thu, 01 Jan 2026 00:00:20 GMT", 20],
  ["Fri, 02 Jan 2026 00:00:00 GMT", 60],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 1],
  ["soon", 2],
  ["-5", 2],
  ["NaN", 2],
  ["", 2],
  [null, 2],
  [undefined, 2],
]) {
  test(`Retry-After: ${retryAfter}: ${seconds} s`, (t) => {
    assert.equal(busy(t).waited(429, retryAfter), seconds);
  });
}

test("again and again: twice as long each time, a minute at most, and reset after a response", (t) => {
  const { waited } = busy(t);
  const doubling = [2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60];
  assert.deepEqual(
    doubling.map(() => waited(429)),
    doubling,
  );
  assert.equal(waited(200), 0);
  assert.equal(waited(429), 2);
});

test("HTTP 503 counts if it has Retry-After, and no other failure does", (t) => {
  const { waited } = busy(t);
  assert.equal(waited(503, "5"), 5);
  for (const status of [503, 500, 502, 504, 404, 400]) assert.equal(waited(status), 0);
  assert.equal(waited(500, "5"), 0);
});

test("several that were in flight when it began count once: no doubling, and no early end by a good response", (t) => {
  const { take, waited } = busy(t);
  const [one, other] = [take(), take()];
  one.report(429, "4");
  one.release();
  assert.equal(waited(200, undefined, other), 4);
  const [third, fourth] = [take(), take()];
  third.report(429);
  third.release();
  assert.equal(waited(429, undefined, fourth), 4);
  assert.equal(waited(429), 8);
});

test("submits and cancels alternate with polls, each kind in order; a withdrawn waiter is not called", () => {
  const limiter = new Limiter(1);
  const order = [];
  let held;
  limiter.acquire(false, (slot) => (held = slot));
  const wait = (name, isPriority) =>
    limiter.acquire(isPriority, (slot) => {
      order.push(name);
      held = slot;
    });
  for (const name of ["poll 1", "poll 2", "poll 3"]) wait(name, false);
  const withdraw = wait("cancel", true);
  for (const name of ["submit 1", "submit 2"]) wait(name, true);
  withdraw();
  for (let turn = 0; turn < 6; turn++) {
    const last = held;
    last.release();
    last.release();
  }
  assert.deepEqual(order, ["submit 1", "poll 1", "submit 2", "poll 2", "poll 3"]);
});

test("a slot from before a pause is not open during it", (t) => {
  const { limiter, take } = busy(t);
  const [one, other] = [take(), take()];
  one.report(429, "2");
  assert.equal(other.isOpen(), false);
  t.mock.timers.tick(2_000);
  assert.equal(other.isOpen(), true);
  assert.ok(limiter);
});
