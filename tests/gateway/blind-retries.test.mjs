// A refusal that the account does not know of is not repeated by an SDK itself: the retry would join an equal order's job.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { openKeys } from "./keys.mjs";
import { openStorage } from "./storage/gateway.mjs";

const VIDEO = `video_${"0".repeat(64)}`;
const CREATES = ["/v1/videos", `/v1/videos/${VIDEO}/remix`, "/api/v1/videos"];
const served = await openStorage({ after }, { vars: { AUTH_FAILURES_PER_MINUTE: "3" } });
const json = { prompt: "A boat" };
const told = ({ status, headers }) => [status, headers.get("x-should-retry")];

/** What the creating routes answer, with and without an idempotency key, and another route. */
async function assertNotRepeated({ call }, status, { apiKey, headers = {} }) {
  for (const path of CREATES) {
    assert.deepEqual(told(await call(path, { apiKey, headers, json })), [status, "false"], path);
    const keyed = { ...headers, "idempotency-key": "named" };
    assert.deepEqual(told(await call(path, { apiKey, headers: keyed, json })), [status, null], path);
  }
  assert.deepEqual(told(await call("/v1/videos", { apiKey, headers })), [status, null], "a read");
}

test("an address that has guessed too often", async (t) => {
  const { ask, at } = await openKeys(t, { vars: { AUTH_FAILURES_PER_MINUTE: "3" } });
  await at("2030-05-01T12:00:30.000Z");
  const call = async (path, { apiKey, headers, json: body }) => {
    const { http, headers: answered } = await ask(apiKey, body ? "POST" : "GET", path, body, headers);
    return { status: http, headers: answered };
  };
  const guess = { headers: { "x-forwarded-for": "192.0.2.1" }, apiKey: "x" };
  for (let count = 0; count < 3; count += 1) assert.equal((await call("/v1/videos", guess)).status, 401);
  await assertNotRepeated({ call }, 429, guess);
});

test("an account that cannot be asked who calls", async () => {
  const apiKey = await served.createKey();
  const account = `ACCOUNTS/${await served.indexOf(apiKey)}`;
  await served.inside(`${account}/setVersion`, 99);
  await served.inside(`${account}/evict`);
  await assertNotRepeated(served, 503, { apiKey });
  let sent = 0;
  const counted = (url, init) => {
    // The SDK also looks what this function makes of a form.
    if (String(url).endsWith("/v1/videos")) sent += 1;
    return fetch(url, init);
  };
  const client = new OpenAI({ apiKey, baseURL: `${served.url}/v1`, maxRetries: 3, fetch: counted });
  await assert.rejects(client.videos.create(json), { status: 503 });
  assert.equal(sent, 1);
});

test("an account that cannot be asked to reserve", async () => {
  const apiKey = await served.createKey();
  // From now on the isolate knows the key.
  await served.call("/v1/videos", { apiKey });
  const account = `ACCOUNTS/${await served.indexOf(apiKey)}`;
  await served.inside(`${account}/setVersion`, 99);
  await served.inside(`${account}/evict`);
  assert.deepEqual(told(await served.call("/v1/videos", { apiKey, json })), [503, "false"]);
});

test("a mistake of the request is answered as before", async () => {
  const apiKey = await served.createKey();
  assert.deepEqual(told(await served.call("/v1/videos", { apiKey, json: {} })), [400, null]);
});

test("a refusal that the account knows of is repeated", async () => {
  const apiKey = await served.createKey({ maxConcurrentJobs: 1 });
  await served.control("config", { jobDurationMs: 3_600_000 });
  await served.call("/v1/videos", { apiKey, json });
  assert.deepEqual(told(await served.call("/v1/videos", { apiKey, json })), [429, null]);
});
