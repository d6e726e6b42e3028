// From a body to a plan: defaults, every issue at once, the providers, and the reservation.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

// Slow enough that a reservation is seen before it is billed.
const served = await gateway({ after }, { jobDurationMs: 60_000 });
const apiKey = await served.createKey();

const create = (json, as = apiKey) => served.call("/v1/videos", { apiKey: as, json });
const quote = (json) => served.call("/v1/quotes", { apiKey, json });
const validate = (json) => served.call("/v1/validate", { apiKey, json });

/** An order's answer, and the dollars that its API key has reserved for it. */
async function reserved(json) {
  const { body: made } = await served.admin("keys", { json: { name: "one order" } });
  const { status, body } = await create(json, made.key);
  assert.equal(status, 200, JSON.stringify(body));
  const { body: report } = await served.admin("usage?limit=100");

  const job = report.open.find(({ id }) => id === body.id);
  return { video: body, job };
}

test("OpenAI's defaults are applied, and returned", async () => {
  const { body } = await create({ prompt: "A boat" });
  assert.deepEqual([body.model, body.seconds, body.size], ["wan-2.6", "5", "720x1280"]);
  const said = await create({ prompt: "A boat", model: null, seconds: 10, size: "1280x720" });
  assert.deepEqual([said.body.seconds, said.body.size], ["10", "1280x720"]);
});

test("a default that no listing takes is dropped", async () => {
  const said = { resolution: "720p", duration: 10 };
  const extended = await create({ prompt: "A boat", filmgate: said });
  assert.deepEqual([extended.status, extended.body.seconds, extended.body.size], [200, "10", ""]);
  const { status, body } = await create({ prompt: "A boat", size: "640x480" });
  assert.deepEqual([status, body.error.param], [400, "size"], "what was said does not");
});

test("without defaults nothing is added", async () => {
  const filmgate = { applyOpenAIDefaults: false };
  const bare = await create({ prompt: "A boat", filmgate });
  assert.deepEqual([bare.status, bare.body.error.param], [400, "model"]);
  const { status, body } = await create({ prompt: "A boat", model: "sora-2", filmgate });
  assert.equal(status, 400);
  assert.ok(body.error.issues.some(({ path, code }) => path === "duration" && code === "required"));
  const whole = { duration: 4, size: "720x1280", ...filmgate };
  assert.equal((await create({ prompt: "A boat", model: "sora-2", filmgate: whole })).status, 200);
});

test("every issue is returned at once, in the client's field names", async () => {
  const { status, body } = await create({
    prompt: 5,
    seconds: "4.5",
    foo: 1,
    input_reference: { image_url: "https://10.0.0.1/a.png" },
    filmgate: { bar: 1 },
  });
  assert.equal(status, 400);
  const { message, type, param, code, issues } = body.error;
  assert.deepEqual([type, code, param], ["invalid_request_error", "invalid_request", "foo"]);
  assert.match(message, /`foo`.*`filmgate`/);
  const found = Object.fromEntries(issues.map((issue) => [issue.path, issue.code]));
  assert.equal(found.foo, "unrecognized_field");
  assert.equal(found.bar, "unrecognized_field");
  assert.equal(found.prompt, "invalid_type");
  assert.equal(found.duration, "not_integer");
  assert.equal(found.image, "private_host");
});

test("the first issue's param is the client's own field", async () => {
  const paramOf = async (json) => {
    const { status, body } = await create({ prompt: "A boat", ...json });
    assert.equal(status, 400, JSON.stringify(json));
    return body.error.param;
  };
  assert.equal(await paramOf({ seconds: "4" }), "seconds");
  assert.equal(await paramOf({ seconds: "soon" }), "seconds");
  assert.equal(await paramOf({ filmgate: { duration: 4 } }), "filmgate.duration");
  assert.equal(await paramOf({ size: "1x1" }), "size");
  assert.equal(await paramOf({ model: "sora-9" }), "model");
  const known = { model: "veo-3.1", seconds: 4, filmgate: { provider: "runpod" } };
  assert.equal(await paramOf(known), "filmgate.provider");
  assert.equal(await paramOf({ prompt: "" }), "prompt");
  assert.equal(await paramOf({ input_reference: "not an address" }), "input_reference");
  assert.equal(await paramOf({ input_reference: { file_id: "file_1" } }), "input_reference");
  assert.equal(await paramOf({ filmgate: { n: 9 } }), "filmgate.n");
  assert.equal(await paramOf({ filmgate: { provider: "acme" } }), "filmgate.provider");
  assert.equal(await paramOf({ filmgate: { maxCostUsd: -1 } }), "filmgate.maxCostUsd");
  assert.equal(await paramOf({ seconds: "4", filmgate: { duration: 4 } }), "filmgate.duration");
  assert.equal(await paramOf({ filmgate: [] }), "filmgate");
});

test("the message of an invalid value lists the allowed ones", async () => {
  const messageOf = async (json) => (await create({ prompt: "A boat", ...json })).body.error.message;
  assert.match(await messageOf({ seconds: "4" }), /Allowed: 5, 10, 15\.$/);
  assert.match(await messageOf({ size: "1x1" }), /Allowed: .*1280x720/);
  assert.match(await messageOf({ model: "sora-9" }), /Allowed: .*sora-2-pro/);
});

test("the reservation is the highest price of what may be tried", async () => {
  const cheapest = await reserved({ prompt: "A boat" });
  assert.equal(cheapest.job.reservedUsd, 0.5);
  const twice = { n: 2, provider: ["runpod", "runware"] };
  const list = await reserved({ prompt: "A boat", seconds: "10", filmgate: twice });
  assert.equal(list.job.reservedUsd, 2);
  // Without a size, the image decides the price.
  const image_url = "https://pictures.example/a.png";
  const filmgate = { provider: "runware", duration: 4, applyOpenAIDefaults: false };
  const open = { model: "sora-2-pro", prompt: "A boat", input_reference: { image_url }, filmgate };
  const range = await reserved(open);
  const { body } = await quote(open);
  assert.equal(body.data[0].basis, "range");
  assert.equal(range.job.reservedUsd, body.data[0].maxUsd);
});

test("a limit is exact to the micro-dollar", async () => {
  const filmgate = { provider: "runware" };
  const order = { prompt: "A boat", filmgate };
  const at = (maxCostUsd) => create({ ...order, filmgate: { ...filmgate, maxCostUsd } });
  assert.equal((await at(0.5)).status, 200);
  assert.equal((await at(0.7 - 0.2)).status, 200);
  const { status, body } = await at(0.499999);
  assert.deepEqual(
    [status, body.error.code, body.error.param],
    [402, "budget_exceeded", "filmgate.maxCostUsd"],
  );
  assert.match(body.error.message, /\$0\.5.*\$0\.499999/);
  const finer = await at(0.4999999);
  assert.deepEqual([finer.status, finer.body.error?.message], [402, body.error.message], "it is rounded down");
});

test("an unknown price exceeds every limit unless it is allowed", async () => {
  const raw = { model: "runware:vendor:1@1", filmgate: { input: { positivePrompt: "A boat" } } };
  const at = (more) => create({ ...raw, filmgate: { ...raw.filmgate, ...more } });
  const { status, body } = await at({ maxCostUsd: 5 });
  assert.deepEqual([status, body.error.code], [402, "budget_exceeded"]);
  assert.match(body.error.message, /allowUnknownCost/);
  const poor = await served.createKey({ dailyBudgetUsd: 5, models: [raw.model] });
  const refused = await create({ ...raw }, poor);
  assert.equal(refused.status, 402, "a budget covers no unknown price");
});

test("an id that the catalog does not have is for keys that name it", async () => {
  // It may be any endpoint of the operator's account.
  for (const model of ["runpod:my-private-endpoint", "runware:vendor:1@1"]) {
    const raw = { model, filmgate: { input: { prompt: "A boat" }, allowUnknownCost: true } };
    const refused = await create(raw, await served.createKey());
    assert.deepEqual([refused.status, refused.body.error.code], [403, "model_not_allowed"]);
    const allowed = await create(raw, await served.createKey({ models: [model] }));
    assert.equal(allowed.status, 200, JSON.stringify(allowed.body));
  }
});

test("only providers with an API key are used", async (t) => {
  const one = await gateway(t, { vars: { RUNPOD_API_KEY: "" } });
  const as = await one.createKey();
  const { body: health } = await one.call("/healthz");
  assert.deepEqual(health, { ok: true, providers: ["runware"], problems: [] });
  const json = { prompt: "A boat", filmgate: { provider: "runpod" } };
  const pictured = { ...json, input_reference: { image_url: "https://pictures.example/a.png" } };
  const { status, body } = await one.call("/v1/videos", { apiKey: as, json: pictured });
  assert.deepEqual([status, body.error.code], [400, "missing_api_key"]);
  const { body: models } = await one.call("/v1/models", { apiKey: as });
  const sora = models.data.find(({ id }) => id === "sora-2");
  assert.deepEqual(sora.providers, ["runware"]);
  assert.equal(sora.filmgate.listings.length, 2);
});

test("a quote has the price or the issues of each listing, and stores nothing", async () => {
  const { status, body } = await quote({ prompt: "A boat" });
  assert.equal(status, 200);
  assert.equal(body.object, "list");
  const [first, last] = [body.data[0], body.data.at(-1)];
  assert.deepEqual([first.provider, first.totalUsd, first.basis], ["runware", 0.5, "exact"]);
  assert.equal(last.available, false);
  assert.ok(last.issues.some(({ path }) => path === "image"));
  const all = await quote({ prompt: "A boat", seconds: "5", filmgate: { applyOpenAIDefaults: false } });
  assert.ok(new Set(all.body.data.map(({ model }) => model)).size > 10, "without a model: of all");
  const wrong = await quote({ prompt: 5 });
  assert.deepEqual([wrong.status, wrong.body.error.param], [400, "prompt"]);
});

test("a model is found by its id only", async () => {
  const { status, body } = await served.call("/v1/models/wan-2.6", { apiKey });
  assert.deepEqual([status, body.id, body.object], [200, "wan-2.6", "model"]);
  const none = await served.call("/v1/models/wan-9", { apiKey });
  assert.deepEqual([none.status, none.body.error.code], [404, "not_found"]);
});

test("`/v1/validate` returns all problems with HTTP 200, in general and of each listing", async () => {
  const valid = await validate({ prompt: "A boat", model: "wan-2.6" });
  assert.deepEqual([valid.status, valid.body.object, valid.body.ok], [200, "validation", true]);
  assert.ok(valid.body.listings.some(({ ok }) => ok));
  assert.ok(valid.body.listings.every(({ model }) => model === "wan-2.6"));
  const { status, body } = await validate({ prompt: "A boat", model: "wan-2.6", filmgate: { duration: 7, provider: "runware" } });
  assert.deepEqual([status, body.ok, body.listings.length], [200, false, 1]);
  assert.equal(body.listings[0].issues[0].path, "duration");
  const hostile = await validate({ prompt: "A boat", model: "wan-2.6", filmgate: { image: "https://127.0.0.1/a.png", foo: 1 } });
  assert.deepEqual([hostile.status, hostile.body.ok], [200, false]);
  assert.deepEqual(hostile.body.issues.map(({ path, code }) => [path, code]), [["image", "private_host"], ["foo", "unrecognized_field"]]);
  assert.ok(hostile.body.listings.every(({ ok }) => !ok));
});

test("`/v1/plan` names the listing that a create takes, or returns the create's error", async () => {
  const plan = (json) => served.call("/v1/plan", { apiKey, json });
  const request = { prompt: "A boat", model: "wan-2.6", filmgate: { provider: ["runware", "runpod"] } };
  const { status, body } = await plan(request);
  assert.deepEqual([status, body.object, body.quote.provider, body.quote.available], [200, "plan", "runware", true]);
  const { body: video } = await create(request);
  assert.equal(video.filmgate.handle.providerModelId, body.quote.providerModelId);
  for (const rejected of [
    { prompt: "A boat", model: "wan-2.6", seconds: 7 },
    { ...request, filmgate: { maxCostUsd: 0.01 } },
    { ...request, model: "none" },
  ]) {
    const [planned, created] = [await plan(rejected), await create(rejected)];
    assert.equal(planned.status, created.status);
    assert.deepEqual(planned.body, created.body);
  }
});
