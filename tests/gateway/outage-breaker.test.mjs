// The rules of the circuit breaker, without storage or clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Breaker } from "../../worker/src/provider-health/breaker.ts";

const PROBE_MS = 5_000;
const NOW = 1_700_000_000_000;

/** A breaker whose provider has just answered. */
function answering(now = NOW) {
  const breaker = new Breaker(PROBE_MS);
  breaker.onProbe(true, now);
  return breaker;
}

test("a provider that has not answered just now is asked before a submit", () => {
  const breaker = new Breaker(PROBE_MS);
  assert.equal(breaker.admit("a", NOW).kind, "ask");
  breaker.onProbe(true, NOW);
  assert.equal(breaker.admit("a", NOW + 200).kind, "submit");
  assert.equal(breaker.admit("b", NOW + 201).kind, "ask");
});

test("after a question without an answer submits wait until the next one, and are spread", () => {
  const breaker = new Breaker(PROBE_MS);
  breaker.onProbe(false, NOW);
  const waits = Array.from({ length: 50 }, (_, at) => breaker.admit(`job ${at}`, NOW + 1));
  assert.ok(waits.every(({ kind, since }) => kind === "wait" && since === NOW));
  const times = waits.map(({ retryAt }) => retryAt - NOW).sort((a, b) => a - b);
  assert.ok(times[0] >= PROBE_MS && times.at(-1) <= 3 * PROBE_MS + 1, String(times));
  assert.ok(times.at(-1) - times[0] > PROBE_MS, "they do not come back at once");
  assert.equal(breaker.waitingJobs(NOW + 1), 50);
  assert.equal(breaker.admit("a", NOW + PROBE_MS).kind, "ask");
});

test("the outage begins once, and ends with the first answer", () => {
  const breaker = new Breaker(PROBE_MS);
  breaker.onProbe(false, NOW);
  breaker.onProbe(false, NOW + PROBE_MS);
  assert.equal(breaker.outage.since, NOW);
  breaker.onProbe(true, NOW + 2 * PROBE_MS);
  assert.equal(breaker.outage, undefined);
});

test("after an outage submits start slowly: one, then more as they are answered", () => {
  const breaker = answering();
  const admitted = (from, count, now) =>
    Array.from({ length: count }, (_, at) => breaker.admit(`${from} ${at}`, now)).filter(({ kind }) => kind === "submit").length;
  assert.equal(admitted("first", 20, NOW), 1);
  breaker.onSubmit("first 0", true, NOW + 100);
  assert.equal(admitted("second", 20, NOW + 100), 3);
  for (let at = 0; at < 3; at++) breaker.onSubmit(`second ${at}`, true, NOW + 200);
  assert.equal(admitted("third", 20, NOW + 200), 9);
});

test("a provider that answers questions and fails at submits loses few orders", () => {
  const breaker = answering();
  let lost = 0;
  for (let ms = 0; ms < 120_000; ms += 100) {
    const now = NOW + ms;
    if (breaker.admit(`job ${ms}`, now).kind === "ask") breaker.onProbe(true, now);
    if (breaker.admit(`job ${ms}`, now).kind !== "submit") continue;
    breaker.onSubmit(`job ${ms}`, false, now);
    lost += 1;
  }
  assert.ok(lost > 2 && lost <= 6, `${lost} were sent in two minutes`);
  // It closes as soon as a submit is answered.
  const now = NOW + 600_000;
  breaker.onProbe(true, now);
  assert.equal(breaker.admit("last", now).kind, "submit");
  breaker.onSubmit("last", true, now);
  assert.equal(breaker.outage, undefined);
  assert.equal(breaker.admit("another", now).kind, "submit");
});

test("submits that fail now and then, among others that are answered, open nothing", () => {
  const breaker = answering();
  for (let at = 0; at < 20; at++) {
    breaker.onSubmit(`${at} lost`, false, NOW);
    breaker.onSubmit(`${at} answered`, true, NOW);
  }
  assert.equal(breaker.outage, undefined);
});

test("a job that never reports its submit holds the others back for seconds only", () => {
  const breaker = answering();
  assert.equal(breaker.admit("crashed", NOW).kind, "submit");
  assert.equal(breaker.admit("b", NOW + 1).kind, "busy");
  breaker.onProbe(true, NOW + 10_000);
  assert.equal(breaker.admit("b", NOW + 10_000).kind, "submit");
});

test("a job that asks again does not wait for itself", () => {
  const breaker = answering();
  assert.equal(breaker.admit("a", NOW).kind, "submit");
  assert.equal(breaker.admit("a", NOW + 1).kind, "submit");
});

test("a clock that is set back does not keep it open, or anything in flight", () => {
  const breaker = new Breaker(PROBE_MS);
  breaker.onProbe(false, NOW);
  const before = NOW - 86_400_000;
  assert.equal(breaker.admit("a", before).kind, "ask");
  breaker.onProbe(true, before);
  assert.equal(breaker.admit("a", before).kind, "submit");
  breaker.onSubmit("a", true, NOW);
  breaker.onProbe(true, before);
  assert.equal(breaker.admit("b", before).kind, "submit");
});

test("an outage that was stored is open after a restart", () => {
  const first = new Breaker(PROBE_MS);
  first.onProbe(false, NOW);
  const again = new Breaker(PROBE_MS, structuredClone(first.outage));
  assert.equal(again.admit("a", NOW + 1).kind, "wait");
  assert.equal(again.admit("a", NOW + PROBE_MS).kind, "ask");
});

test("jobs that do not come back count as waiting for half a minute", () => {
  const breaker = new Breaker(PROBE_MS);
  breaker.onProbe(false, NOW);
  breaker.admit("cancelled", NOW);
  assert.equal(breaker.waitingJobs(NOW + 10_000), 1);
  assert.equal(breaker.waitingJobs(NOW + 60_000), 0);
});

test("what hangs counts: while submits stay without an answer, no others pass uncounted", () => {
  const breaker = answering();
  for (let at = 0; at < 40; at++) {
    breaker.onProbe(true, NOW);
    breaker.admit(`job ${at}`, NOW);
    breaker.onSubmit(`job ${at}`, true, NOW);
  }
  assert.equal(breaker.clearRun(NOW).more, 8);
  for (let at = 0; at < 9; at++) breaker.admit(`hanging ${at}`, NOW);
  assert.deepEqual(breaker.clearRun(NOW), {});
});

test("only at full speed, with room and without a failure, more submits may pass without asking", () => {
  const breaker = answering();
  const submit = (name, isAnswered = true) => {
    breaker.onProbe(true, NOW);
    assert.equal(breaker.admit(name, NOW).kind, "submit");
    const granted = breaker.clearRun(NOW).more ?? 0;
    breaker.onSubmit(name, isAnswered, NOW);
    return granted;
  };
  const granted = Array.from({ length: 34 }, (_, at) => submit(`job ${at}`));
  assert.deepEqual([granted[0], granted[31], granted[33]], [0, 0, 8]);
  for (let at = 0; at < 57; at++) breaker.admit(`open ${at}`, NOW);
  assert.deepEqual(breaker.clearRun(NOW), {}, "there is no room");
  submit("failing", false);
  assert.deepEqual(breaker.clearRun(NOW), {}, "a submit has failed");
});
