// An admin replaces the catalog without a deployment: new models can be used at once, and whatever is invalid is named.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { broken, DATE, document, model, REQUEST } from "./catalog/documents.mjs";
import { linesOf } from "./keys.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

const VARS = (simulator) => ({ PROVIDER_PROBE_SECONDS: "0.2", TRUSTED_ORIGINS: simulator.origin });
const gateway = await openStorage({ after }, { vars: VARS });
const { call, admin } = gateway;
const apiKey = await gateway.createKey();

const put = (json, more) => admin("catalog", { method: "PUT", json, ...more });
const remove = () => admin("catalog", { method: "DELETE" });
const quote = async (request = REQUEST) => (await call("/v1/quotes", { apiKey, json: request })).body.data;
const models = async () => (await call("/v1/models", { apiKey })).body.data.map(({ id }) => id);
const create = (request = REQUEST) => call("/v1/videos", { apiKey, json: request });
const lines = (event) => linesOf({ logs: gateway.logs }, event);

test("a new model is listed, quoted and generated at once, and a bad entry is named and left out", async () => {
  const before = (await admin("catalog")).body;
  assert.partialDeepStrictEqual(before, { object: "catalog", source: "built_in", version: null, ownModelCount: 0, leftOut: [], url: null });
  assert.match(before.date, /^20\d\d-\d\d-\d\d$/);
  const { status, body } = await put(document(model("dream-9", 0.2), broken("dream-10")));
  assert.equal(status, 200, JSON.stringify(body));
  assert.partialDeepStrictEqual(body, { source: "upload", date: DATE, ownModelCount: 1, modelCount: before.modelCount + 1 });
  assert.match(body.version, /^[0-9a-f]{12}$/);
  assert.deepEqual(body.leftOut.map(({ model, path }) => [model, path]), [["dream-10", "models.models.1.listings.0.prices.0.usd"]]);
  assert.match(body.leftOut[0].message, /`dream-10` is left out/);
  assert.deepEqual((await admin("catalog")).body, body);

  const ids = await models();
  assert.ok(ids.includes("dream-9") && ids.includes("wan-2.6") && !ids.includes("dream-10"), ids.join());
  assert.deepEqual((await quote()).map(({ model, maxUsd, basis, evidence }) => [model, maxUsd, basis, evidence.firstParty]), [["dream-9", 1, "exact", true]]);
  const video = await gateway.generate(apiKey, REQUEST);
  assert.equal(video.model, "dream-9");
  assert.equal((await gateway.createKey({ models: ["dream-9"] })).slice(0, 4), "fgw_");
});

test("a model with a known id replaces the built-in one, and back", async () => {
  const wan = { ...REQUEST, model: "wan-2.6" };
  const runware = async () => (await quote(wan)).find(({ provider }) => provider === "runware").maxUsd;
  const builtIn = await remove().then(runware);
  await put(document(model("wan-2.6", 0.5)));
  assert.equal(await runware(), 2.5);
  const { status, body } = await remove();
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(body, { source: "built_in", version: null, leftOut: [], storedAt: null });
  assert.equal(await runware(), builtIn);
});

test("a job keeps what it was made with when the catalog is taken back before its submit", async () => {
  await put(document(model("dream-9", 0.2)));
  await gateway.control("faults", [{ provider: "runware", times: 1_000_000, fault: { kind: "error", status: 503 } }]);
  const { body: video } = await create();
  const read = async () => (await call(`/v1/videos/${video.id}`, { apiKey })).body;
  await waitFor(async () => (await read()).filmgate.waiting);
  await remove();
  assert.equal((await create()).status, 400);
  await gateway.inside(`JOBS/${jobIdOf(video)}/evict`);
  await gateway.control("faults", []);
  const ended = await gateway.ended(video.id, apiKey);
  assert.equal(ended.status, "completed", JSON.stringify(ended));
  assert.equal(ended.model, "dream-9");
});

test("a create that is repeated after its model was taken back joins its job", async () => {
  await put(document(model("dream-9", 0.2)));
  const headers = { "idempotency-key": "taken back" };
  const repeat = (json = REQUEST, more = headers) => call("/v1/videos", { apiKey, json, headers: more });
  const { body: video } = await repeat();
  const unnamed = await repeat({ ...REQUEST, prompt: "A fox that has no key" }, {});
  await remove();
  const { status, body } = await repeat();
  assert.deepEqual([status, body.id], [200, video.id], JSON.stringify(body));
  const retried = await repeat({ ...REQUEST, prompt: "A fox that has no key" }, { "x-stainless-retry-count": "1" });
  assert.deepEqual([retried.status, retried.body.id], [200, unnamed.body.id], JSON.stringify(retried.body));
  for (const [json, more] of [
    [REQUEST, { "idempotency-key": "another" }],
    [{ ...REQUEST, prompt: "Another fox" }, headers],
    [REQUEST, {}],
  ]) {
    const refused = await repeat(json, more);
    assert.deepEqual([refused.status, refused.body.error.code], [400, "invalid_request"], JSON.stringify(refused.body));
  }
  const other = await gateway.createKey();
  const foreign = await call("/v1/videos", { apiKey: other, json: REQUEST, headers });
  assert.equal(foreign.status, 400, "another account's key finds nothing");
});

test("a remix that is repeated after its model was taken back joins its job", async () => {
  await put(document(model("dream-9", 0.2)));
  const source = await gateway.generate(apiKey, REQUEST);
  const remix = (prompt, key = "remix") =>
    call(`/v1/videos/${source.id}/remix`, { apiKey, json: { prompt }, headers: { "idempotency-key": key } });
  const first = await remix("The same at night");
  assert.equal(first.status, 200, JSON.stringify(first.body));
  await remove();
  const again = await remix("The same at night");
  assert.deepEqual([again.status, again.body.id], [200, first.body.id], JSON.stringify(again.body));
  for (const given of [["The same at noon"], ["The same at night", "another"]]) {
    const refused = await remix(...given);
    assert.deepEqual([refused.status, refused.body.error.code], [400, "remix_not_supported"], JSON.stringify(refused.body));
  }
});

test("a price that the provider has not published passes no limit", async () => {
  const { id, listings, ...rest } = model("dream-9", 0.2);
  const evidence = { source: "https://blog.example/prices", date: DATE, firstParty: false };
  const prices = [{ usd: 0.2, per: "second", basis: "estimate", evidence }];
  await put(document({ id, ...rest, listings: [{ ...listings[0], prices }] }));
  assert.equal((await quote())[0].basis, "estimate");
  const limited = await create({ ...REQUEST, filmgate: { maxCostUsd: 100 } });
  assert.deepEqual([limited.status, limited.body.error.code], [402, "budget_exceeded"]);
  const budgeted = await gateway.createKey({ dailyBudgetUsd: 100 });
  assert.equal((await call("/v1/videos", { apiKey: budgeted, json: REQUEST })).status, 402);
});

test("a list is taken as `createFilmgate` takes it, without its bad entries", async () => {
  const { status, body } = await put([broken("dream-10"), model("dream-9", 0.2)]);
  assert.equal(status, 200, JSON.stringify(body));
  assert.partialDeepStrictEqual(body, { source: "upload", date: null, ownModelCount: 1 });
  assert.deepEqual(body.leftOut.map(({ model }) => model), ["dream-10"]);
  assert.equal((await quote())[0].basis, "custom");
});

test("what has no valid model is refused, and the catalog in use stays", async () => {
  const { body: kept } = await put(document(model("dream-9", 0.2)));
  const deep = JSON.parse(`${"[".repeat(60)}${"]".repeat(60)}`);
  for (const [text, words] of [
    ["{", /not JSON/],
    ["null", /must be a list/],
    [JSON.stringify({ ...document(model("dream-9", 1)), version: 2 }), /another version/],
    [JSON.stringify({ version: 1, models: [model("dream-9", 1)] }), /requires its day/],
    [JSON.stringify(document()), /no valid model/],
    [JSON.stringify(document(broken("dream-9"), { id: 7 })), /no valid model/],
    [JSON.stringify(document({ ...model("dream-9", 1), listings: deep })), /no valid model/],
  ]) {
    const { status, body } = await put(undefined, { body: text });
    assert.deepEqual([status, body.error.code], [400, "invalid_request_body"], text.slice(0, 80));
    assert.match(body.error.message, words);
    assert.match(body.error.message, /The catalog in use stays\.$/);
  }
  const large = await put(undefined, { body: JSON.stringify({ ...document(model("dream-9", 1)), more: "x".repeat(1_000_000) }) });
  assert.equal(large.status, 413);
  assert.deepEqual((await admin("catalog")).body, kept);
});

test("it survives a restart", async () => {
  const { body } = await put(document(model("dream-9", 0.3)));
  await gateway.restart();
  assert.deepEqual((await admin("catalog")).body, body);
  assert.equal((await quote())[0].maxUsd, 1.5);
});

test("only an admin may see or change it, and each change is in the audit", async () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    const refused = await call("/admin/api/catalog", { apiKey, method, ...(method === "PUT" && { json: document(model("a", 1)) }) });
    assert.equal(refused.status, 403, method);
  }
  assert.equal((await call("/admin/api/catalog", { apiKey: "wrong" })).status, 401);
  assert.equal((await call("/admin/api/catalog", { apiKey: gateway.adminToken, method: "POST", json: {} })).headers.get("allow"), "GET, HEAD, PUT, DELETE");
  const scoped = await gateway.createKey({ scopes: ["admin"] });
  const { body } = await call("/admin/api/catalog", { apiKey: scoped, method: "PUT", json: document(model("dream-9", 0.4)) });
  const isMine = ({ target }) => target === body.version;
  const [line] = await waitFor(() => lines("audit").filter(isMine).length > 0 && lines("audit").filter(isMine));
  assert.partialDeepStrictEqual(line, { route: "PUT /admin/api/catalog", status: 200, fields: ["models"] });
  assert.match(line.actor, /^key_/);
});
