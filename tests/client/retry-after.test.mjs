// What a throttled response says about the wait: `Retry-After`, or the fields of the IETF's draft about rate limits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { retryAfterMs, retryAfterOf } from "../../pkg/dist/util/retry-after.js";
import { BOTH, KEY, PROVIDERS, REQUESTS, createClient, failing, nothingSent, simulator } from "./support.mjs";

/** Than two seconds, also on a busy machine; a limit of minutes would be more. */
const MUCH_LONGER_MS = 55_000;

const CASES = [
  [{ "retry-after": "7" }, "7"],
  [{ "retry-after": "7", ratelimit: '"a";r=0;t=30' }, "7"],
  [{ ratelimit: '"default";r=0;t=30' }, "30"],
  [{ ratelimit: '"burst";r=0;t=5, "daily";r=100;t=3600' }, "5"],
  [{ ratelimit: '"burst";r=0;t=5, "daily";r=0;t=3600' }, "3600"],
  [{ ratelimit: '"burst";r=0', "ratelimit-policy": '"daily";q=100;w=86400, "burst";q=10;w=10' }, "10"],
  [{ ratelimit: '"default";r=9;t=30' }, null],
  [{ ratelimit: "limit=100, remaining=0, reset=12" }, "12"],
  [{ "ratelimit-limit": "100", "ratelimit-remaining": "0", "ratelimit-reset": "12" }, "12"],
  [{ ratelimit: "nonsense" }, null],
  [{ "ratelimit-reset": "soon" }, null],
  [{ "ratelimit-policy": '"default";q=100;w=10' }, null],
  [{}, null],
];
for (const [headers, expected] of CASES) {
  test(`${JSON.stringify(headers)}: ${expected ?? "nothing"}`, () => {
    assert.equal(retryAfterOf(429, new Headers(headers)), expected);
  });
}

test("a time since 1970 is a wait from now", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
  const at = Date.now() / 1000 + 60;
  assert.equal(retryAfterOf(429, new Headers({ "ratelimit-reset": String(at) })), "60");
});

test("the limits of a response that is not throttled are no wait", () => {
  for (const status of [200, 500, 503]) {
    assert.equal(retryAfterOf(status, new Headers({ ratelimit: '"a";r=0;t=30', "ratelimit-reset": "30" })), null);
  }
});

test("a submit that is throttled so waits as long before it is sent again", async () => {
  const times = [];
  const answer = async () => {
    times.push(performance.now());
    if (times.length > 1) return new Response('{"id":"job-1","status":"IN_QUEUE"}');
    return new Response("{}", { status: 429, headers: { ratelimit: '"default";r=0;t=2' } });
  };
  const client = createFilmgate({ runpod: { apiKey: KEY }, fetch: answer });
  await client.start(BOTH, { provider: "runpod" });
  const waited = times[1] - times[0];
  assert.ok(waited >= 1_900 && waited < MUCH_LONGER_MS, String(waited));
});

for (const provider of PROVIDERS) {
  test(`${provider}: 20 jobs that are throttled until the timeout are all \`rate_limited\`, and cost nothing`, async (t) => {
    const sim = await simulator(t);
    let requests = 0;
    const busy = async () => {
      requests += 1;
      return new Response("{}", { status: 429, headers: { "retry-after": "1" } });
    };
    const client = createClient(sim, { fetch: busy });
    const jobs = Array.from({ length: 20 }, () =>
      failing(client.submit(REQUESTS[provider], { provider, timeoutMs: 4_000 }), "rate_limited"),
    );
    for (const error of await Promise.all(jobs)) assert.deepEqual([error.charge, error.retryable], ["none", true]);
    assert.ok(requests > 0);
    await nothingSent(sim);
  });
}

test("fractions and joined headers are read, and other texts are not taken for a date", (t) => {
  const CASES = { 7: 7_000, " 7 ": 7_000, "1.5": 1_500, "120.0": 120_000, "5, 10": 10_000 };
  for (const [text, ms] of Object.entries(CASES)) assert.equal(retryAfterMs(text), ms, text);
  for (const text of ["-5", "+5", "1/2", "soon", "5s", "", null, undefined]) assert.equal(retryAfterMs(text), undefined, String(text));
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
  const at = new Date(Date.now() + 90_000);
  for (const text of [at.toUTCString(), at.toISOString()]) assert.equal(retryAfterMs(text), 90_000, text);
});
