// How often a token may call: each for itself, creates apart from reads.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { gateway } from "./api.mjs";

// The windows of a minute begin at any time: the second of two full ones is certainly over the limit.
const served = await gateway({ after }, { limits: { CREATE_LIMITER: 3, READ_LIMITER: 5 } });

const burst = (token, path, json) =>
  Promise.all(Array.from({ length: 12 }, () => served.call(path, { token, json })));

test("a token that creates too often is told when to come again", async () => {
  const token = await served.token();
  const answers = await burst(token, "/v1/videos", { prompt: "A boat" });
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 6 && refused.length <= 9, `${refused.length} of 12`);
  const [{ body, headers }] = refused;
  assert.deepEqual([body.error.type, body.error.code], ["rate_limit_error", "rate_limited"]);
  assert.ok(Number(headers.get("retry-after")) > 0);
  const client = new OpenAI({ apiKey: token, baseURL: `${served.url}/v1`, maxRetries: 0 });
  await assert.rejects(
    Promise.all(Array.from({ length: 8 }, () => client.videos.create({ prompt: "A boat" }))),
    OpenAI.RateLimitError,
  );
});

test("reads have a limit of their own, and so has each token", async () => {
  const [busy, calm] = [await served.token(), await served.token()];
  const answers = await burst(busy, "/v1/videos");
  assert.ok(answers.some(({ status }) => status === 429));
  assert.equal((await served.call("/v1/videos", { token: calm })).status, 200);
  const { status } = await served.call("/v1/videos", { token: busy, json: { prompt: "A boat" } });
  assert.equal(status, 200);
});
