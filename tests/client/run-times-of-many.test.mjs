// However many listings have run times, a job knows those of its own, and no others enter the module.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../../pkg/dist/index.js";
import { record, resume } from "../../pkg/dist/core/core.js";
import { Planner } from "../../pkg/dist/client/planner.js";
import { TEXT } from "./support.mjs";

const LISTINGS = 1_000;
const TIMES = 64;
const UUID = "11111111-1111-4111-8111-111111111111";

test("a plan and a resume have the run times of their listing", () => {
  const planner = new Planner({});
  const [{ provider, model, providerModelId }] = planner.quote(TEXT);
  for (let at = 0; at < LISTINGS; at++) {
    const other = { provider: "runware", model: `runware:a:${at}@1`, providerModelId: `a:${at}@1` };
    for (let ms = 1; ms <= TIMES; ms++) planner.runTimeHistory.record(other, ms);
  }
  planner.runTimeHistory.record({ provider, model, providerModelId }, 4711);
  const knownTo = ({ state }) => record(state).polling.runTimeHistoryMs;
  const [planned] = planner.plan(TEXT, { provider }, () => UUID, [provider]);
  assert.deepEqual(knownTo(planned), [4711]);
  const handle = { ...planned.state.handle, jobId: UUID, submittedAt: Date.now(), acceptedAt: Date.now() };
  assert.deepEqual(knownTo(resume(handle, 0, planner.jobSettings(model))), [4711]);
  assert.deepEqual(Object.keys(planner.jobSettings(model).runTimeHistoryMs), [`${provider}:${providerModelId}`]);
});
