// The request log: one line for each request, found by the `x-request-id` that a customer quotes.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./job/jobs.mjs";
import { linesOf, openKeys } from "./keys.mjs";

const { ask, admin, gateway } = await openKeys({ after });
const VIDEO = `video_${"0".repeat(64)}`;
const lineOf = (id, event = "request") =>
  waitFor(() => linesOf(gateway, event).find(({ request }) => request === id));

test("a line has route, status, time, request id and key id, and nothing of the URL", async () => {
  const { key, id } = await admin("POST", "/keys", { name: "a key" });
  for (const [token, method, path, route, status, keyId] of [
    [key, "GET", `/v1/videos/${VIDEO}?secret=1`, "GET /v1/videos/:id", 404, id],
    [key, "GET", "/v1/videos", "GET /v1/videos", 200, id],
    [key, "POST", "/v1/videos", "POST /v1/videos", 415, id],
    ["fgw_wrong", "GET", "/v1/videos", "GET /v1/videos", 401, undefined],
    [gateway.adminToken, "GET", "/admin/api/keys", "GET /admin/api/keys", 200, "admin_token"],
    [undefined, "GET", `/v1/videos/${VIDEO}/content?expires=1&signature=abc`, "GET /v1/videos/:id/content", 404, undefined],
    [undefined, "GET", "/secret-path", "GET /*", 404, undefined],
    [key, "PUT", "/v1/videos", "PUT /v1/videos", 405, undefined],
  ]) {
    const { headers, http } = await ask(token, method, path);
    const line = await lineOf(headers.get("x-request-id"));
    assert.deepEqual([line.route, line.status, line.key], [route, status, keyId], path);
    assert.equal(http, status, path);
    assert.ok(Number.isInteger(line.ms));
    assert.ok(!JSON.stringify(line).includes("secret") && !JSON.stringify(line).includes("signature"));
  }
});

test("the client's own request id is used, if it is one", async () => {
  const { headers } = await ask(undefined, "GET", "/healthz", undefined, { "x-request-id": "from-a-customer" });
  assert.equal(headers.get("x-request-id"), "from-a-customer");
  assert.equal((await lineOf("from-a-customer")).route, "GET /healthz");
});

test("an unexpected error is told with route, request id and stack, without its message", async () => {
  const { key } = await admin("POST", "/keys", { name: "a key" });
  const headers = { "x-request-id": "a-broken-one", "x-test-break": "a secret message" };
  const { http, error } = await ask(key, "GET", "/v1/videos", undefined, headers);
  assert.deepEqual([http, error.code], [500, "internal_error"]);
  const line = await lineOf("a-broken-one", "error");
  assert.equal(line.route, "GET /v1/videos");
  assert.ok(line.stack.length > 0 && line.stack.every((frame) => frame.startsWith("at ")));
  assert.ok(!gateway.logs().includes("a secret message"));
  assert.equal((await lineOf("a-broken-one")).status, 500);
});
