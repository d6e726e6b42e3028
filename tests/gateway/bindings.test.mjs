// Metrics and rate limiters may be absent or broken: a job is created, generated and billed all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gateway } from "./api.mjs";

for (const kind of ["absent", "throwing"]) {
  test(`a video is generated with ${kind} metrics and rate limiters`, async (t) => {
    const served = await gateway(t, { entry: `tests/gateway/bindings/${kind}.ts` });
    const apiKey = await served.createKey({ dailyBudgetUsd: 5 });
    const video = await served.generate(apiKey);
    assert.equal(video.filmgate.billing.kind, "charged");
    assert.equal(await served.submissions(), 1);
  });
}
