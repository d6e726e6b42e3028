// What an isolate knows of a provider for a moment: so many submits pass without asking, and none after a failure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClearRuns } from "../../worker/src/job/clear-runs.ts";

const NOW = 1_700_000_000_000;
const GRANT = { isAdmitted: true, more: 2, forMs: 200 };

test("as many submits pass as were granted, each at its own provider", () => {
  const runs = new ClearRuns();
  assert.equal(runs.take("runware", NOW), false);
  runs.grant("runware", GRANT, NOW);
  assert.equal(runs.take("runpod", NOW), false);
  assert.deepEqual([1, 2, 3].map(() => runs.take("runware", NOW + 200)), [true, true, false]);
});

test("after its time nothing passes, and an admission without more grants nothing", () => {
  const runs = new ClearRuns();
  runs.grant("runware", GRANT, NOW);
  assert.equal(runs.take("runware", NOW + 201), false);
  runs.grant("runpod", { isAdmitted: true }, NOW);
  assert.equal(runs.take("runpod", NOW), false);
});

test("a failed submit ends all that is known of its provider, and of no other", () => {
  const runs = new ClearRuns();
  for (const provider of ["runware", "runpod"]) {
    runs.grant(provider, GRANT, NOW);
    runs.onUp(provider, NOW);
  }
  runs.end("runware");
  assert.deepEqual(["runware", "runpod"].map((provider) => runs.take(provider, NOW)), [false, true]);
  assert.deepEqual(["runware", "runpod"].map((provider) => runs.isUp(provider, NOW)), [false, true]);
});

test("that a provider answers counts for a second, and not before it was said", () => {
  const runs = new ClearRuns();
  runs.onUp("runware", NOW);
  assert.deepEqual([-1, 0, 1_000, 1_001].map((ms) => runs.isUp("runware", NOW + ms)), [false, true, true, false]);
});

test("failures are counted by provider: an answer from before one of them is known by it", () => {
  const runs = new ClearRuns();
  runs.end("runware");
  assert.deepEqual(["runware", "runpod"].map((provider) => runs.failures(provider)), [1, 0]);
});
