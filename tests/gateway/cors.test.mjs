// Pages of listed origins may call the API, and only the API.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const PAGE = "https://page.example";
const served = await gateway({ after }, {
  vars: { CORS_ORIGINS: `${PAGE}, https://other.example` },
});
const apiKey = await served.createKey();

const preflight = (path, origin, asked = "authorization,content-type,idempotency-key") =>
  served.call(path, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    },
  });

test("a listed page may call, and read the headers that it needs", async () => {
  const { status, headers } = await preflight("/v1/videos", PAGE);
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), PAGE);
  assert.match(headers.get("access-control-allow-headers"), /authorization.*idempotency-key/);
  assert.match(headers.get("access-control-allow-methods"), /POST.*DELETE/);
  assert.equal(headers.get("access-control-allow-credentials"), null);
  assert.match(headers.get("vary"), /origin/i);
  const answer = await served.call("/v1/videos", { apiKey, headers: { origin: PAGE } });
  assert.equal(answer.headers.get("access-control-allow-origin"), PAGE);
  for (const name of ["x-request-id", "openai-poll-after-ms", "retry-after", "x-should-retry", "content-range"]) {
    assert.ok(answer.headers.get("access-control-expose-headers").includes(name), name);
  }
});

test("an error can be read, too", async () => {
  const { status, headers } = await served.call("/v1/videos", { headers: { origin: PAGE } });
  assert.equal(status, 401);
  assert.equal(headers.get("access-control-allow-origin"), PAGE);
});

test("no other page may", async () => {
  for (const origin of ["https://evil.example", `${PAGE}.evil.example`, "null", "http://page.example"]) {
    const { headers } = await preflight("/v1/videos", origin);
    assert.equal(headers.get("access-control-allow-origin"), null, origin);
    const answer = await served.call("/v1/videos", { apiKey, headers: { origin } });
    assert.equal(answer.headers.get("access-control-allow-origin"), null, origin);
  }
});

test("only the API is for pages", async () => {
  for (const path of ["/admin/api/keys", "/healthz", `/webhooks/${"0".repeat(64)}`]) {
    const { headers } = await preflight(path, PAGE);
    assert.equal(headers.get("access-control-allow-origin"), null, path);
    const answer = await served.call(path, { headers: { origin: PAGE } });
    assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
  }
});

test("without a list no page may", async (t) => {
  const closed = await gateway(t);
  const answer = await closed.call("/v1/models", {
    apiKey: await closed.createKey(),
    headers: { origin: closed.url },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});
