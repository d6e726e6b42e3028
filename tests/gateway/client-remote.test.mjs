// `filmgate/gateway`: the client without the module has the results, errors and promises of the full client.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createGatewayClient, memoryStore } from "../../pkg/dist/gateway-client/index.js";
import { BOTH, PICTURE, PROMPT, TEXT, alone, between, deferred, failing, gateway, statuses, waitFor } from "./client.mjs";

const ID = "0b5ad6d8-6f0c-4f43-9f0a-2f3ad1c1e7aa";
const all = await gateway({ after }, { sim: { jobDurationMs: 300 } });
const full = all.createClient();
const createClient = (more = {}) => createGatewayClient({ ...all.settings, fetch: alone, ...more });
const isSubmit = ({ path, method }) => method === "POST" && path === "/v1/videos";

/** The number of videos of an account of its own, which a client of `createClient` uses. */
async function account(limits) {
  const { apiKey } = await all.server.createKey(limits);
  const count = async () => {
    const response = await alone(`${all.settings.url}/v1/videos?limit=100`, { headers: { authorization: `Bearer ${apiKey}` } });
    return (await response.json()).data.length;
  };
  return { apiKey, count, createClient: (more) => createClient({ apiKey, ...more }) };
}

describe("what the full client answers offline", { concurrency: true }, () => {
  for (const [what, request] of [
    ["a valid request", { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" }],
    ["an image as bytes", { ...BOTH, image: PICTURE }],
    ["an image as a blob", { ...BOTH, image: new Blob([PICTURE], { type: "image/png" }) }],
    ["an unknown field", { ...TEXT, foo: 1 }],
    ["a value that no listing takes", { ...TEXT, duration: 500 }],
    ["no model", { prompt: PROMPT, duration: 4 }],
    ["an unknown model", { ...TEXT, model: "none" }],
  ]) {
    test(`\`validate\` and \`quote\` have the same results: ${what}`, async () => {
      const client = createClient();
      const [validation, quotes] = [await client.validate(request), await client.quote(request)];
      assert.deepEqual(withoutWebhook(validation), full.validate(request));
      assert.deepEqual(quotes.map(withoutWebhook), full.quote(request, { details: true }));
    });
  }

  test("`models` and `model` have the same results", async () => {
    const client = createClient();
    assert.deepEqual(await client.models(), full.models());
    assert.deepEqual(await client.model("wan-2.6"), full.model("wan-2.6"));
    assert.equal(await client.model("none"), undefined);
  });

  test("a request that JSON cannot express is invalid, and nothing is sent", async () => {
    const cyclic = { ...TEXT };
    cyclic.self = cyclic;
    const calls = between();
    const client = createClient({ fetch: calls.fetch });
    for (const request of [cyclic, { ...TEXT, duration: NaN }, { ...TEXT, seed: 1n }, { ...TEXT, prompt: () => {} }, null, undefined]) {
      assert.equal((await client.validate(request)).ok, false);
      const error = await failing(client.submit(request), "invalid_request");
      assert.equal(error.charge, "none");
    }
    assert.deepEqual(calls.seen, []);
  });

  test("an option in the request is a problem, not an option", async () => {
    const request = { ...TEXT, maxCostUsd: 5 };
    const { ok, issues } = await createClient().validate(request);
    assert.deepEqual([ok, issues[0].path, issues[0].code], [false, "maxCostUsd", "unrecognized_field"]);
    await failing(createClient().submit(request), "invalid_request");
  });
});

describe("a job", { concurrency: true }, () => {
  for (const provider of ["runpod", "runware"]) {
    test(`${provider}: has the updates and the result of the full client`, async () => {
      const request = provider === "runpod" ? BOTH : TEXT;
      const client = createClient();
      const job = await client.submit(request, { provider, maxCostUsd: 5 });
      const through = await full.generate(request, { provider });
      assert.ok((await statuses(job)).length > 1);
      const result = await job.result();
      const shape = ({ provider, model, charge, costUsd, quoteDeltaUsd, errors, warnings, handle }) => ({
        ...{ provider, model, charge, costUsd, quoteDeltaUsd, errors, warnings },
        ...{ listing: handle.providerModelId, n: handle.n, quote: handle.quote, gateway: handle.gateway, fields: Object.keys(handle).sort() },
      });
      assert.deepEqual(shape(result), shape(through));
      const response = await client.download(result.videos[0]);
      assert.equal(response.headers.get("content-type"), "video/mp4");
      assert.ok((await response.arrayBuffer()).byteLength > 1000);
    });
  }

  test("the handle names the planned listing and its price before the gateway has answered", async () => {
    const held = deferred();
    const store = memoryStore();
    const calls = between(async (call, on) => (isSubmit(call) ? (await held.promise, on()) : on()));
    const client = createClient({ store, fetch: calls.fetch });
    const submitting = client.submit(TEXT, { idempotencyKey: ID, provider: "runware" });
    await waitFor(() => store.get(ID));
    const [{ handle, status }] = await client.jobs();
    const [{ providerModelId, maxUsd }] = full.quote(TEXT).filter(({ provider }) => provider === "runware");
    assert.deepEqual([handle.provider, handle.providerModelId, handle.quote.max, status], ["runware", providerModelId, maxUsd * 1e6, "submitting"]);
    held.resolve();
    await (await submitting).result();
  });

  test("is stored before it is sent, without the API key; the prompt goes once it is accepted", async () => {
    const store = memoryStore();
    const seen = [];
    const calls = between(async (call, on) => {
      if (isSubmit(call)) seen.push({ key: call.key, record: (await store.get(call.key))?.record });
      return on();
    });
    const job = await createClient({ store, fetch: calls.fetch }).submit({ ...BOTH, image: new Blob([PICTURE]) });
    assert.equal(seen.length, 1);
    assert.deepEqual([seen[0].key, seen[0].record.status], [job.handle.id, "submitting"]);
    await job.result();
    const text = JSON.stringify(await store.list());
    assert.ok(!text.includes(PROMPT) && !text.includes(all.apiKey));
  });

  for (const [what, lose] of [
    ["lost", () => Promise.reject(new TypeError("fetch failed"))],
    ["HTTP 502", () => new Response("<html>", { status: 502 })],
    ["HTTP 429 with Retry-After", () => new Response("{}", { status: 429, headers: { "retry-after": "1" } })],
  ]) {
    test(`whose answer is ${what} is one job`, async () => {
      const mine = await account();
      let lost = 0;
      const calls = between(async (call, on) => {
        const response = await on();
        return isSubmit(call) && lost++ < 1 ? lose() : response;
      });
      const { videos } = await mine.createClient({ fetch: calls.fetch }).generate(TEXT);
      assert.equal(videos.length, 1);
      assert.deepEqual([calls.orders().length, await mine.count()], [2, 1]);
      assert.equal(new Set(calls.orders().map(({ key }) => key)).size, 1);
    });
  }

  test("whose answer a reload has lost is the same job for the next client of the store", async () => {
    const mine = await account();
    const store = memoryStore();
    const held = deferred();
    const calls = between(async (call, on) => {
      const response = await on();
      if (isSubmit(call)) await held.promise;
      return response;
    });
    const before = mine.createClient({ store, fetch: calls.fetch }).submit(TEXT, { idempotencyKey: ID });
    await waitFor(async () => (await mine.count()) === 1);
    // The store of a page outlives it, its locks do not.
    const next = mine.createClient({ store: { ...store, lease: memoryStore().lease } });
    const [pending] = await next.jobs({ pending: true });
    assert.equal(pending.handle.id, ID);
    const job = await next.submit(TEXT, { idempotencyKey: ID });
    assert.equal((await job.result()).videos.length, 1);
    assert.equal(await mine.count(), 1);
    // Else its time limit keeps this process.
    held.resolve();
    await (await before).result();
  });

  test("resumes by its handle alone, has its status, and is cancelled", async () => {
    const handle = await createClient().start({ ...BOTH, prompt: "A long day [slow]" }, { provider: "runpod" });
    const other = createClient();
    assert.match((await other.status(handle)).status, /^(submitting|queued|running|completed)$/);
    const { result } = await other.resume(handle).cancel();
    assert.match(result, /cancelled|already_finished/);
  });
});

describe("what fails", { concurrency: true }, () => {
  test("a rejected API key is `unauthorized`, for a read and for a submit", async () => {
    const client = createClient({ apiKey: `fgw_${"x".repeat(40)}` });
    for (const name of ["models", "quote", "validate", "submit"]) {
      const error = await failing(client[name](TEXT), "unauthorized");
      assert.equal(error.charge, "none");
      assert.ok(!JSON.stringify(error).includes("xxxx"));
    }
  });

  test("a limit of the request or of the account is `budget_exceeded`, and nothing is charged", async () => {
    const store = memoryStore();
    const low = await failing(createClient({ store }).submit(TEXT, { maxCostUsd: 0.01 }), "budget_exceeded");
    assert.equal(low.charge, "none");
    assert.deepEqual(await store.list(), [], "nothing was sent, so nothing is stored");
    const poor = await account({ maxSpendUsd: 0.01 });
    const error = await failing(poor.createClient().submit(TEXT), "budget_exceeded");
    assert.deepEqual([error.charge, await poor.count()], ["none", 0]);
  });

  test("a read waits for `Retry-After`, is repeated up to twice, and then rejects as retryable", async () => {
    const times = [];
    const calls = between(async (call, on) => {
      times.push(performance.now());
      return times.length === 1 ? new Response("{}", { status: 429, headers: { "retry-after": "1" } }) : on();
    });
    assert.ok((await createClient({ fetch: calls.fetch }).quote(TEXT)).length > 0);
    assert.ok(times[1] - times[0] >= 990, `${times[1] - times[0]} ms`);
    const lost = between(() => Promise.reject(new TypeError("Failed to fetch")));
    const error = await failing(createClient({ fetch: lost.fetch }).quote(TEXT), "connection_error");
    assert.deepEqual([error.retryable, error.charge, lost.seen.length], [true, "none", 3]);
    assert.match(error.message, /CORS/);
  });

  test("a URL that is not a gateway's is `invalid_response`", async () => {
    for (const response of [() => new Response("<html>"), () => Response.json({}), () => Response.json({ data: 1 })]) {
      await failing(createClient({ fetch: async () => response() }).models(), "invalid_response");
    }
  });

  test("an unknown or invalid option is refused", async () => {
    const { url } = all.settings;
    for (const [options, pattern] of [
      [{ url }, /`apiKey` is required/],
      [{ apiKey: "a" }, /`url` is required/],
      [{ url, apiKey: "a", key: "b" }, /Did you mean `apiKey`/],
      [{ url, apiKey: "a", provider: "runpod" }, /Pass it to `submit`/],
      [{ url: "https://a:b@gateway.example", apiKey: "a" }, /without credentials/],
      [undefined, /must be an object/],
    ]) {
      assert.throws(() => createGatewayClient(options), { code: "invalid_request", message: pattern });
    }
    await failing(createClient().submit(TEXT, { maxCost: 1 }), "invalid_request");
    await failing(createClient().submit(TEXT, { webhook: { url, secret: "s" } }), "invalid_request");
  });
});

/** The gateway sets a webhook of its own, which some listings have a warning for. */
function withoutWebhook(value) {
  return JSON.parse(JSON.stringify(value), (_, inner) => (Array.isArray(inner) ? inner.filter((one) => one?.path !== "webhookUrl") : inner));
}
