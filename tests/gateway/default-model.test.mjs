// The model of a request without one.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const health = async (served) => (await served.call("/healthz")).body;

test("it is a live one, which the response names", async () => {
  const served = await gateway({ after });
  const video = await served.generate(await served.createKey());
  assert.deepEqual([video.model, video.seconds, video.size], ["wan-2.6", "5", "720x1280"]);
  assert.deepEqual([(await health(served)).ok, (await health(served)).problems], [true, []]);
});

test("DEFAULT_MODEL sets it, with the nearest values that it takes", async () => {
  const served = await gateway({ after }, { vars: { DEFAULT_MODEL: " hailuo-2.3 " } });
  const video = await served.generate(await served.createKey());
  assert.deepEqual([video.model, video.seconds, video.size], ["hailuo-2.3", "6", ""]);
  assert.equal((await health(served)).ok, true);
});

for (const [name, model] of Object.entries({ "a retired model": "sora-2", "an unknown model": "wan-9" })) {
  test(`${name} as DEFAULT_MODEL is told at /healthz and in the error of each request that needs it`, async () => {
    const served = await gateway({ after }, { vars: { DEFAULT_MODEL: model } });
    const { ok, problems, providers } = await health(served);
    assert.deepEqual([ok, problems.length, providers.length], [false, 1, 2]);
    assert.match(problems[0].message, new RegExp(`DEFAULT_MODEL is \`${model}\`.*no provider offers.*wan-2\\.6`));
    const apiKey = await served.createKey();
    for (const path of ["/v1/videos", "/v1/quotes"]) {
      const { status, body } = await served.call(path, { apiKey, json: { prompt: "A boat" } });
      assert.deepEqual([status, body.error.code, body.error.param], [400, "invalid_request", "model"], path);
      assert.match(body.error.message, /DEFAULT_MODEL.*send `model`/);
    }
    assert.equal((await served.generate(apiKey, { model: "wan-2.6", prompt: "A boat" })).status, "completed");
  });
}
