// A request is stored before it is sent, retried until it is answered, and becomes one job under any failure.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { BOTH, PICTURE, PROMPT, TEXT, alone, between, deferred, failing, gateway, waitFor } from "./client.mjs";

const NAME = "0b5ad6d8-6f0c-4f43-9f0a-2f3ad1c1e7aa";
const HOUR = 3_600_000;
const all = await gateway({ after }, { sim: { jobDurationMs: 300 } });

/** An API key of its own, and clients of it. */
async function account(limits) {
  const { apiKey } = await all.server.createKey(limits);
  const settings = { url: all.settings.url, apiKey };
  const createClient = (options) => all.createClient({ gateway: settings, ...options });
  const jobs = async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await alone(`${settings.url}/v1/videos?limit=100`, { headers });
    return (await answer.json()).data;
  };
  return { createClient, jobs, apiKey, settings };
}

const reasonOf = (promise) => promise.then(() => assert.fail("it succeeded"), (reason) => reason);

describe("an order", { concurrency: true }, () => {
  test("it is stored before it is sent, and its prompt is deleted once it is accepted", async () => {
    const mine = await account();
    const store = memoryStore();
    const seen = [];
    const calls = between(async ({ key, path, body }, on) => {
      if (key) seen.push({ path, key, body, kept: await store.get(key) });
      return on();
    });
    const job = await mine.createClient({ store, fetch: calls.fetch }).submit({ ...BOTH, image: PICTURE });
    const [{ path, key, body, kept }] = seen;
    assert.equal(path, "/v1/videos");
    assert.equal(key, job.handle.id);
    assert.equal(kept.record.body, body);
    assert.equal(kept.record.handle.jobId, undefined);
    const { prompt, model, filmgate } = JSON.parse(body);
    assert.deepEqual([prompt, model, filmgate.duration], [BOTH.prompt, BOTH.model, 4]);
    assert.match(filmgate.image, /^data:image\/png;base64,/);
    const { record } = await store.get(key);
    assert.equal(record.body, undefined);
    assert.ok(!JSON.stringify(record).includes(PROMPT));
    assert.ok(!JSON.stringify(record).includes(mine.apiKey));
    assert.equal((await job.result()).videos.length, 1);
  });

  for (const [what, lose] of [
    ["is lost", () => Promise.reject(new TypeError("fetch failed"))],
    ["is HTTP 502", () => new Response("<html>", { status: 502 })],
    ["is torn", () => new Response('{"id":', { status: 200 })],
    ["is HTTP 500", () => Response.json({ error: { code: "internal_error", message: "?" } }, { status: 500 })],
  ]) {
    test(`whose response ${what} is retried under its key, and is one job`, async () => {
      const mine = await account();
      let lost = 0;
      const calls = between(async ({ key }, on) => {
        const answer = await on();
        return key && lost++ < 2 ? lose() : answer;
      });
      const { handle } = await mine.createClient({ fetch: calls.fetch }).generate(TEXT);
      const orders = calls.orders();
      assert.equal(orders.length, 3);
      assert.equal(new Set(orders.map(({ key, body }) => key + body)).size, 1);
      assert.deepEqual((await mine.jobs()).map(({ id }) => id), [handle.jobId]);
    });
  }

  test("that is rate limited waits for Retry-After", async () => {
    const mine = await account();
    const times = [];
    const calls = between(async ({ key }, on) => {
      if (key) times.push(performance.now());
      if (!key || times.length > 1) return on();
      const headers = { "retry-after": "2" };
      return Response.json({ error: { code: "rate_limited", message: "?" } }, { status: 429, headers });
    });
    await mine.createClient({ fetch: calls.fetch }).generate(TEXT);
    assert.ok(times[1] - times[0] >= 1_990, `${times[1] - times[0]} ms`);
    assert.equal((await mine.jobs()).length, 1);
  });

  test("that was never processed in time has failed, and can be retried", async () => {
    const mine = await account();
    const busy = () => Response.json({ error: { code: "concurrency_limit_exceeded", message: "?" } }, { status: 429 });
    const store = memoryStore();
    const client = mine.createClient({ store, fetch: busy });
    const error = await failing(client.start(TEXT, { idempotencyKey: NAME, timeoutMs: 3_000 }), "rate_limited");
    assert.deepEqual([error.charge, error.retryable], ["none", true]);
    assert.equal((await client.jobs())[0].status, "failed");
    assert.equal((await client.jobs({ pending: true })).length, 0);
    assert.equal((await mine.createClient({ store }).start(TEXT, { idempotencyKey: NAME })).id, NAME);
  });

  test("that may have been processed at the timeout resumes by its handle", async () => {
    const mine = await account();
    const store = memoryStore();
    const calls = between(async ({ key }, on) => {
      await on();
      return key ? Promise.reject(new TypeError("fetch failed")) : undefined;
    });
    const client = mine.createClient({ store, fetch: calls.fetch });
    const error = await failing(client.generate(TEXT, { timeoutMs: 3_000 }), "timeout");
    assert.deepEqual([error.charge, error.retryable], ["unknown", false]);
    const [stored] = await client.jobs({ pending: true });
    assert.equal(stored.handle.id, error.handle.id);
    const outcome = await mine.createClient({ store }).resume(error.handle).result();
    assert.deepEqual((await mine.jobs()).map(({ id }) => id), [outcome.handle.jobId]);
  });

  test("without a response within a day is unknown, and never sent again", async () => {
    const mine = await account();
    const store = memoryStore();
    const lost = () => Promise.reject(new TypeError("fetch failed"));
    const error = await failing(
      mine.createClient({ store, fetch: lost }).generate(TEXT, { timeoutMs: 3_000 }),
      "timeout",
    );
    const { id: key } = error.handle;
    const { record, revision } = await store.get(key);
    const handle = { ...record.handle, createdAt: Date.now() - 23 * HOUR - 1 };
    await store.put(key, { ...record, handle }, revision);
    const calls = between();
    const client = mine.createClient({ store, fetch: calls.fetch });
    const unknown = await failing(client.resume(handle).result(), "submission_unknown");
    assert.deepEqual([unknown.charge, unknown.retryable], ["unknown", false]);
    const { status } = await client.status(handle);
    assert.equal(status, "submission_unknown");
    assert.deepEqual(calls.seen, []);
    assert.ok(!JSON.stringify(await store.list()).includes(PROMPT));
  });

  test("with the key of a stored job resumes that job", async () => {
    const mine = await account();
    const store = memoryStore();
    const client = mine.createClient({ store });
    const [first, job, second] = await Promise.all([
      client.start(TEXT, { idempotencyKey: NAME }),
      client.submit(TEXT, { idempotencyKey: NAME }),
      mine.createClient({ store }).start(TEXT, { idempotencyKey: NAME }),
    ]);
    assert.deepEqual(new Set([first.id, job.handle.id, second.id]), new Set([NAME]));
    assert.equal((await job.result()).handle.jobId, first.jobId);
    assert.equal((await mine.jobs()).length, 1);
  });

  test("with a key of another runtime finds its job, or is rejected with another body", async () => {
    const mine = await account();
    const first = await mine.createClient().start(TEXT, { idempotencyKey: NAME });
    const again = await mine.createClient().start(TEXT, { idempotencyKey: NAME });
    assert.equal(again.jobId, first.jobId);
    const error = await failing(mine.createClient().start({ ...TEXT, duration: 8 }, { idempotencyKey: NAME }), "bad_request");
    assert.deepEqual([error.charge, error.providerCode], ["none", "idempotency_key_reused"]);
    assert.equal((await mine.jobs()).length, 1);
  });

  test("rejected by the gateway: the same code and issues, and nothing is generated", async () => {
    const mine = await account({ dailyBudgetUsd: 1, models: ["sora-2-pro"] });
    const cases = [
      [TEXT, {}, "budget_exceeded", "budget_exceeded"],
      [{ model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" }, {}, "model_unavailable", "model_not_allowed"],
      [{ ...TEXT, taskUUID: NAME }, {}, "invalid_request", "invalid_request"],
    ];
    for (const [request, options, code, theirs] of cases) {
      const client = mine.createClient();
      const error = await failing(client.submit(request, options), code);
      assert.deepEqual([error.providerCode, error.charge], [theirs, "none"]);
      assert.ok(!error.message.includes(PROMPT));
      const [stored] = await client.jobs();
      assert.deepEqual([stored.status, stored.error.code], ["failed", code]);
    }
    assert.deepEqual(await mine.jobs(), []);
  });

  test("larger than the gateway accepts: an error, and sent once", async () => {
    for (const [length, words] of [
      [10_500_000, /An image may have at most 10 MB/],
      [13_000_000, /The body is larger than 16,000,000 bytes/],
    ]) {
      const image = new Uint8Array(length);
      image.set(PICTURE);
      // A busy machine may break the connection while so much is on its way: that is another case.
      for (let isBroken = true; isBroken; ) {
        isBroken = false;
        const calls = between((_, on) =>
          on().catch((error) => {
            isBroken = true;
            throw error;
          }),
        );
        const error = await failing(all.createClient({ fetch: calls.fetch }).start({ ...BOTH, image }), "bad_request");
        assert.match(error.message, words);
        if (isBroken) assert.equal(error.charge, "unknown");
        else assert.deepEqual([error.providerCode, error.charge], ["payload_too_large", "none"]);
        if (!isBroken) assert.equal(calls.orders().length, 1);
      }
    }
  });

  test("with an API key that is wrong, revoked, empty or unsendable", async () => {
    const { url } = all.settings;
    const revoked = await all.server.createKey();
    await fetch(`${url}/admin/api/keys/${revoked.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${all.server.adminToken}` },
    });
    const bad = [
      [`fgw_${"a".repeat(43)}`, "unauthorized"],
      [revoked.apiKey, "unauthorized"],
      ["", "missing_api_key"],
      ["fgw_→", "missing_api_key"],
      [() => Promise.reject(new Error("no vault")), "missing_api_key"],
    ];
    for (const [apiKey, code] of bad) {
      const client = all.createClient({ gateway: { url, apiKey } });
      const error = await failing(client.start(TEXT), code);
      assert.equal(error.charge, "none");
      if (typeof apiKey === "string" && apiKey) assert.ok(!JSON.stringify(error).includes(apiKey));
      if (typeof apiKey === "string" && apiKey) assert.ok(!error.stack.includes(apiKey));
    }
  });

  test("with a store that fails: nothing is sent", async () => {
    const calls = between();
    const put = async () => Promise.reject(new Error("full"));
    const client = all.createClient({ store: { ...memoryStore(), put }, fetch: calls.fetch });
    const error = await failing(client.submit(TEXT), "store_error");
    assert.deepEqual([error.charge, error.retryable, error.cause.message], ["none", true, "full"]);
    assert.deepEqual(calls.seen, []);
  });

  test("aborted while it is stored: nothing is sent, and the record says so", async () => {
    const store = memoryStore();
    const held = deferred();
    const put = async (...args) => {
      await held.promise;
      return store.put(...args);
    };
    const calls = between();
    const client = all.createClient({ store: { ...store, put }, fetch: calls.fetch });
    const controller = new AbortController();
    const submitting = client.submit(TEXT, { signal: controller.signal });
    await new Promise(setImmediate);
    controller.abort("changed my mind");
    assert.equal(await reasonOf(submitting), "changed my mind");
    held.resolve();
    const job = await waitFor(async () =>
      (await client.jobs()).find(({ status }) => status === "cancelled"),
    );
    assert.equal(job.error.charge, "none");
    assert.deepEqual(calls.seen, []);
  });

  test("aborted while it is in flight: its response is processed, and the job resumes by its handle", async () => {
    const mine = await account();
    const controller = new AbortController();
    const reason = new Error("mine");
    const calls = between(async ({ key }, on) => {
      const answer = await on();
      if (key) controller.abort(reason);
      return answer;
    });
    const client = mine.createClient({ fetch: calls.fetch });
    assert.equal(await reasonOf(client.submit(TEXT, { signal: controller.signal })), reason);
    const stored = await waitFor(async () => (await client.jobs()).find(({ handle }) => handle.jobId));
    assert.equal((await client.resume(stored.handle).result()).videos.length, 1);
    assert.equal(calls.orders().length, 1);
  });

  test("cancelled before it is sent: nothing is sent", async () => {
    const held = deferred();
    const apiKey = async () => {
      await held.promise;
      return all.apiKey;
    };
    const calls = between();
    const store = memoryStore();
    const client = all.createClient({ gateway: { url: all.settings.url, apiKey }, fetch: calls.fetch, store });
    const submitting = reasonOf(client.submit(TEXT, { idempotencyKey: NAME }));
    await waitFor(() => store.get(NAME));
    const [{ handle }] = await client.jobs();
    const cancelling = client.resume(handle).cancel();
    await new Promise(setImmediate);
    held.resolve();
    assert.deepEqual(await cancelling, { result: "cancelled", charge: "none" });
    assert.equal((await submitting).code, "cancelled");
    assert.deepEqual(calls.seen, []);
  });

  test("options that a gateway does not support are a clear error", async () => {
    const settings = all.settings;
    for (const url of ["nowhere", "ftp://gateway.example", "https://a:b@gateway.example", "https://gateway.example?t=1"]) {
      assert.throws(() => all.createClient({ gateway: { ...settings, url } }), { code: "invalid_request" });
    }
    assert.throws(() => all.createClient({ runpod: { apiKey: "k" } }), /either `gateway`/);
    const webhook = { url: "https://gateway.example/hook", secret: "secret" };
    const client = all.createClient();
    await assert.rejects(client.submit(TEXT, { webhook }), /Standard Webhook/);
    await assert.rejects(client.verifyWebhook({ url: "/", body: "", secret: "s" }), { code: "invalid_request" });
    await assert.rejects(client.start(TEXT, { idempotencyKey: "mine" }), { code: "invalid_request" });
    await failing(client.start({ ...TEXT, webhookUrl: webhook.url }), "invalid_request");
  });
});
