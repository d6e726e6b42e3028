// The optional bindings may be absent or broken: a job is created, generated, archived and billed all the same, and a wrong key
// is refused as such.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gateway, waitFor } from "./api.mjs";

for (const kind of ["absent", "throwing"]) {
  test(`a video is generated with ${kind} metrics, rate limiters and Media Transformations`, async (t) => {
    const served = await gateway(t, { entry: `tests/gateway/bindings/${kind}.ts` });
    const apiKey = await served.createKey({ dailyBudgetUsd: 5 });
    const video = await served.generate(apiKey);
    assert.equal(video.filmgate.billing.kind, "charged");
    assert.equal(await served.submissions(), 1);
    assert.equal((await served.call(`/v1/videos/${video.id}/content`, { apiKey })).status, 200);
    // Its poster is tried beside that, and is in nobody's way.
    await waitFor(() => kind === "absent" || served.logs().includes('"step":"poster"'));
    assert.equal((await served.call(`/v1/videos/${video.id}`, { apiKey })).body.filmgate.poster, false);
  });

  test(`a wrong key is refused, and too many of them wait, with ${kind} rate limiters`, async (t) => {
    const vars = { AUTH_FAILURES_PER_MINUTE: "3" };
    const served = await gateway(t, { entry: `tests/gateway/bindings/${kind}.ts`, vars });
    const statuses = [];
    // A minute may end in between.
    for (let count = 0; count < 8; count += 1) {
      const headers = { "cf-connecting-ip": "192.0.2.1" };
      statuses.push((await served.call("/v1/videos", { apiKey: "fgw_wrong", headers })).status);
    }
    assert.deepEqual([...new Set(statuses)].sort(), [401, 429], statuses.join());
  });
}
