// Malicious headers and unusual methods.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after }, { jobDurationMs: 60_000 });
const apiKey = await served.createKey({ maxConcurrentJobs: 3 });
const json = { prompt: "A boat" };

test("an idempotency key is printable ASCII", async () => {
  for (const key of ["é", "a\tb", "", "x".repeat(256), "clé-ÿ"]) {
    const { status, body } = await served.call("/v1/videos", {
      apiKey,
      json,
      headers: { "idempotency-key": key },
    });
    assert.deepEqual([status, body.error.param], [400, "Idempotency-Key"], key);
  }
  assert.equal(await served.submissions(), 0);
});

test("odd API keys and retry counts grant nothing, and break nothing", async () => {
  for (const authorization of ["Bearer é", "Bearer", "Basic eA==", `bearer  ${apiKey} x`, "Bearer fgw_"]) {
    const headers = { authorization };
    const { status, body } = await served.call("/v1/videos", { headers, json });
    assert.deepEqual([status, body.error.code], [401, "invalid_token"], authorization);
  }
  for (const count of ["-1", "NaN", "1e999", "é", "0x10"]) {
    const headers = { "x-stainless-retry-count": count, "idempotency-key": "the same" };
    const { status } = await served.call("/v1/videos", { apiKey, json, headers });
    assert.equal(status, 200, count);
  }
  const { body } = await served.call("/v1/videos", { apiKey });
  assert.equal(body.data.length, 1);
});

test("HEAD responds as GET, without a body, and opens no stream", async () => {
  const { body } = await served.call("/v1/videos", { apiKey });
  const [{ id }] = body.data;
  for (const path of [`/v1/videos/${id}`, "/v1/videos", "/v1/models"]) {
    const { status, body: sent } = await served.call(path, { apiKey, method: "HEAD" });
    assert.deepEqual([status, sent], [200, ""], path);
    assert.equal((await served.call(path, { method: "HEAD" })).status, 401, path);
  }
  const events = await served.call(`/v1/videos/${id}/events`, { apiKey, method: "HEAD" });
  assert.equal(events.status, 405);
});

test("a method in a header or a query is ignored", async () => {
  const { body } = await served.call("/v1/videos", { apiKey });
  const [{ id }] = body.data;
  const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
  await served.call(`/v1/videos/${id}?_method=DELETE`, { apiKey, headers });
  assert.equal((await served.call(`/v1/videos/${id}`, { apiKey })).status, 200);
});
