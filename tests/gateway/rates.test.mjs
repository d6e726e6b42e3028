// Rate limits: per API key, creates and reads separately.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { gateway } from "./api.mjs";

// The windows of a minute begin at any time: the second of two full ones is certainly over the limit.
const served = await gateway({ after }, { limits: { CREATE_LIMITER: 3, READ_LIMITER: 5 } });

const burst = (apiKey, path, json) =>
  Promise.all(Array.from({ length: 12 }, () => served.call(path, { apiKey, json })));

test("an API key that creates too often receives Retry-After", async () => {
  const apiKey = await served.createKey();
  const answers = await burst(apiKey, "/v1/videos", { prompt: "A boat" });
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 6 && refused.length <= 9, `${refused.length} of 12`);
  const [{ body, headers }] = refused;
  assert.deepEqual([body.error.type, body.error.code], ["rate_limit_error", "rate_limited"]);
  assert.ok(Number(headers.get("retry-after")) > 0);
  assert.equal(headers.get("x-should-retry"), "false", "no retry joins another request's job");
  const client = new OpenAI({ apiKey: apiKey, baseURL: `${served.url}/v1`, maxRetries: 0 });
  await assert.rejects(
    Promise.all(Array.from({ length: 8 }, () => client.videos.create({ prompt: "A boat" }))),
    OpenAI.RateLimitError,
  );
});

test("reads have their own limit, and so has each API key", async () => {
  const [busy, calm] = [await served.createKey(), await served.createKey()];
  const answers = await burst(busy, "/v1/videos");
  assert.ok(answers.some(({ status }) => status === 429));
  assert.equal((await served.call("/v1/videos", { apiKey: calm })).status, 200);
  const { status } = await served.call("/v1/videos", { apiKey: busy, json: { prompt: "A boat" } });
  assert.equal(status, 200);
});
