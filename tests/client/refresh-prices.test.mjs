// The prices that Runware publishes now: read without a key, assigned whole or not at all, and never a reason to spend
// more unseen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { refreshPrices } from "../../pkg/dist/prices/index.js";
import { KEY, PROMPT, failing, simulator } from "./support.mjs";

const DOCUMENT = JSON.parse(readFileSync(new URL("../../pkg/dist/catalog.json", import.meta.url), "utf8"));
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const HD = { ...WAN, resolution: "1080p" };
const RATES = [
  { amount: 0.08, unit: "second", label: "720p" },
  { amount: "0.2", unit: "second", label: "1080p" },
];

const runware = (client, request = WAN) => client.quote(request).find(({ provider }) => provider === "runware");

/** A client whose requests get these responses by the model; without one, a 404. Its requests are recorded. */
function answering(responses, options = {}) {
  const requests = [];
  const fetch = async (request) => {
    requests.push(request);
    const [, id] = /\/models\/([^/]+)\/pricing$/.exec(new URL(request.url).pathname) ?? [];
    const response = responses[decodeURIComponent(id)];
    if (response instanceof Error) throw response;
    if (response instanceof Response) return response;
    return response ? Response.json(response) : new Response("{}", { status: 404 });
  };
  const client = createFilmgate({ runware: { apiKey: KEY }, fetch, ...options });
  return { client, requests };
}

const wan = (pricingRates) => ({ "alibaba:wan@2.6": { status: "live", pricingRates, pricingExamples: [] } });

/** The result for Wan 2.6 of a refresh with these rates, and that its quote stays. */
async function refused(rates) {
  const { client } = answering(wan(rates));
  const before = runware(client);
  const { listings } = await refreshPrices(client, { models: ["wan-2.6"] });
  assert.deepEqual(runware(client), before);
  assert.deepEqual([listings.length, listings[0].status, listings[0].changes], [1, "unmapped", []]);
  return listings[0].reason;
}

describe("refreshPrices", () => {
  test("uses the published prices from then on, each with its address and minute", async () => {
    const { client, requests } = answering(wan(RATES));
    const { refreshedAt, listings } = await refreshPrices(client, { models: ["wan-2.6"] });
    assert.deepEqual(listings, [
      {
        provider: "runware",
        model: "wan-2.6",
        providerModelId: "alibaba:wan@2.6",
        status: "refreshed",
        changes: [
          { when: [{ field: "resolution", is: "720p" }], per: "second", beforeUsd: 0.1, afterUsd: 0.08 },
          { when: [{ field: "resolution", is: "1080p" }], per: "second", beforeUsd: 0.15, afterUsd: 0.2 },
        ],
      },
    ]);
    const { basis, totalUsd, evidence } = runware(client);
    assert.deepEqual([basis, totalUsd, runware(client, HD).totalUsd], ["exact", 0.4, 1]);
    const source = "https://content.runware.ai/models/alibaba%3Awan%402.6/pricing";
    assert.deepEqual(evidence, { source, date: `${new Date(refreshedAt).toISOString().slice(0, 16)}Z`, firstParty: true });
    assert.deepEqual(requests.map(({ url }) => url), [source]);
    assert.equal(client.model("wan-2.6").listings[2].prices[0].usd, 0.08);
  });

  test("sends no key, to that address alone", async () => {
    const { client, requests } = answering({}, { runware: { apiKey: KEY, headers: { "x-team": "secret" } } });
    await refreshPrices(client, { models: ["wan-2.6"], baseURL: "https://prices.example/" });
    const [{ url, method, headers }] = requests;
    assert.equal(url, "https://prices.example/models/alibaba%3Awan%402.6/pricing");
    assert.deepEqual([method, [...headers]], ["GET", []]);
  });

  test("leaves what others have: RunPod's prices, other clients, other models", async () => {
    const { client } = answering(wan(RATES));
    const others = () => client.quote(HD).filter(({ provider }) => provider !== "runware");
    const [before, gen] = [others(), client.quote({ model: "gen-4.5", prompt: PROMPT, duration: 5, resolution: "720p" })];
    await refreshPrices(client);
    assert.deepEqual(others(), before);
    assert.deepEqual(client.quote({ model: "gen-4.5", prompt: PROMPT, duration: 5, resolution: "720p" }), gen);
    assert.equal(runware(createFilmgate()).totalUsd, 0.5);
  });

  test("a higher price counts against the limit before anything is sent", async () => {
    const { client, requests } = answering(wan(RATES));
    await refreshPrices(client, { models: ["wan-2.6"] });
    const options = { maxCostUsd: 0.8, provider: "runware" };
    await failing(client.submit(HD, options), "budget_exceeded");
    assert.equal(requests.length, 1);
  });

  test("a price that only others had published is Runware's own after a refresh, and an estimate before", async () => {
    const document = structuredClone(DOCUMENT);
    const survey = { source: "A survey", date: "2026-09-24", firstParty: false };
    for (const { provider, prices } of document.models.find(({ id }) => id === "wan-2.6").listings) {
      if (provider === "runware") prices.forEach((price) => Object.assign(price, { basis: "estimate", evidence: survey }));
    }
    const { client } = answering(wan(RATES), { models: document });
    assert.deepEqual([runware(client).basis, runware(client).evidence.firstParty], ["estimate", false]);
    await refreshPrices(client, { models: ["wan-2.6"] });
    assert.deepEqual([runware(client).basis, runware(client).evidence.firstParty], ["exact", true]);
  });

  test("reads labels with audio and draft in the ways that mean one thing", async () => {
    const { providerModelId } = createFilmgate().model("seedance-1.5-pro").listings.find(({ provider }) => provider === "runware");
    for (const [on, off] of [[" with audio", ""], [", audio on", ", silent"], [" / sound", " · no sound"]]) {
      const labels = ["480p", "720p"].flatMap((tier) => [tier + off, tier + on]);
      const pricingRates = labels.map((label, at) => ({ amount: (at + 1) / 100, unit: "per second", label }));
      // A resolution that the catalog has no price for stays without one.
      pricingRates.push({ amount: 9, unit: "second", label: `1080p${on}` });
      const { client } = answering({ [providerModelId]: { pricingRates } });
      const { listings } = await refreshPrices(client, { models: ["seedance-1.5-pro"] });
      assert.equal(listings[0].status, "refreshed", listings[0].reason);
      const { prices } = client.model("seedance-1.5-pro").listings.find(({ provider }) => provider === "runware");
      assert.deepEqual(prices.map(({ usd }) => usd), [0.01, 0.02, 0.03, 0.04]);
    }
  });

  test("the only resolution of a listing is no condition of its prices", async () => {
    const { providerModelId } = createFilmgate().model("kling-3.0-standard").listings.find(({ provider }) => provider === "runware");
    const rate = (amount, label) => ({ amount, unit: "second", label });
    const pricingRates = [rate("0.09", "720p · no audio"), rate("0.13", "720p · audio")];
    const { client } = answering({ [providerModelId]: { pricingRates } });
    const { listings } = await refreshPrices(client, { models: ["kling-3.0-standard"] });
    assert.equal(listings[0].status, "refreshed", listings[0].reason);
    assert.deepEqual(listings[0].changes.map(({ afterUsd }) => afterUsd), [0.09, 0.13]);
  });

  test("a rate of two resolutions is that of each", async () => {
    const { client } = answering(wan([{ amount: "0.12", unit: "second", label: "720p / 1080p" }]));
    const { listings } = await refreshPrices(client, { models: ["wan-2.6"] });
    assert.equal(listings[0].status, "refreshed", listings[0].reason);
    assert.deepEqual([runware(client).totalUsd, runware(client, HD).totalUsd], [0.6, 0.6]);
  });
});

describe("what is in doubt is reported, and changes nothing:", () => {
  const [low, high] = RATES;
  for (const [what, rates, reason] of [
    ["no rates", [], /no rates/],
    ["no list", { 0: low }, /no rates/],
    ["a missing rate", [low], /\$0\.15/],
    ["a rate too many that overlaps", [...RATES, { ...low, label: "720p, 10 s" }], /no condition for/],
    ["a rate that depends on audio", [...RATES, { ...low, label: "720p, with audio" }], /\$0\.1\b/],
    ["the same conditions twice", [low, { ...low, amount: 1 }, high], /same conditions/],
    ["a label in other words", [{ ...low, label: "720p fast lane" }, high], /`720p fast lane`/],
    ["a label that says two things", [{ ...low, label: "720p 480p" }, high], /not understood/],
    ["an input in place of the output", [{ ...low, label: "720p video input" }, high], /not understood/],
    ["another unit", [{ ...low, unit: "megapixel" }, high], /`megapixel`/],
    ["per video in place of per second", [{ ...low, unit: "video" }, high], /\$0\.1\b/],
    ["a rate after a quantity", [{ ...low, after: 100 }, high], /after a quantity/],
    ["a free video", [{ ...low, amount: 0 }, high], /amount/],
    ["a negative amount", [{ ...low, amount: -0.1 }, high], /amount/],
    ["fractions of a micro-dollar", [{ ...low, amount: 0.0000001 }, high], /amount/],
    ["an amount in words", [{ ...low, amount: "about 0.1" }, high], /amount/],
    ["a list in place of a rate", [[low], high], /amount/],
  ]) {
    test(what, async () => assert.match(await refused(rates), reason));
  }

  test("a failed, blocked, strange or late response", async () => {
    for (const [response, status] of [
      [new TypeError("Failed to fetch"), "failed"],
      [new Response("busy", { status: 503 }), "failed"],
      [new Response("<html>", { status: 200 }), "failed"],
      [new Response("null", { status: 200 }), "unmapped"],
      [new Response("{", { status: 404 }), "unknown"],
    ]) {
      const { client } = answering({ "alibaba:wan@2.6": response });
      const before = client.quote(WAN);
      const { listings } = await refreshPrices(client, { models: ["wan-2.6"] });
      assert.deepEqual([listings[0].status, listings[0].changes], [status, []]);
      assert.deepEqual(client.quote(WAN), before);
    }
    const never = (request) => new Promise((_, reject) => (request.signal.onabort = () => reject(request.signal.reason)));
    const client = createFilmgate({ fetch: never });
    const { listings } = await refreshPrices(client, { models: ["wan-2.6"], timeoutMs: 20 });
    assert.equal(listings[0].status, "failed");
  });

  test("an abort rejects with its reason", async () => {
    const controller = new AbortController();
    const { client } = answering(wan(RATES));
    const before = client.quote(WAN);
    const refreshing = refreshPrices(client, { models: ["wan-2.6"], signal: controller.signal });
    controller.abort("enough");
    await assert.rejects(refreshing, (reason) => reason === "enough");
    assert.deepEqual(client.quote(WAN), before);
  });

  test("a model that is not in the catalog; RunPod is not asked", async () => {
    const { client, requests } = answering({ "vendor:1@1": { pricingRates: RATES } });
    const { listings } = await refreshPrices(client, { models: ["runware:vendor:1@1", "runpod:endpoint"] });
    assert.deepEqual(listings.map(({ status, reason }) => [status, reason]), [["unmapped", "It is not in the catalog."]]);
    assert.equal(requests.length, 1);
  });

  test("a list of custom models, an unknown model or option, or what is no client", async () => {
    const { client, requests } = answering(wan(RATES), { models: [] });
    await failing(refreshPrices(client), "invalid_request");
    const other = answering({});
    await failing(refreshPrices(other.client, { models: ["wan-0"] }), "invalid_request");
    await failing(refreshPrices(other.client, { model: "wan-2.6" }), "invalid_request");
    await failing(refreshPrices({}), "invalid_request");
    assert.equal(requests.length + other.requests.length, 0);
  });
});

describe("at the simulated Runware, whose prices are its own", () => {
  test("the whole catalog: refreshed prices are those that it bills, and the rest says why not", async (t) => {
    const sim = await simulator(t);
    const client = createFilmgate({ ...sim.settings });
    const before = createFilmgate();
    const { listings } = await refreshPrices(client, { baseURL: `${sim.origin}/content` });
    const all = client.models().flatMap((model) => model.listings.filter(({ provider }) => provider === "runware"));
    assert.equal(listings.length, all.length);
    const of = (status) => listings.filter((one) => one.status === status);
    assert.ok(of("refreshed").length >= 20, `${of("refreshed").length} of ${all.length}`);
    assert.deepEqual(of("failed"), []);
    for (const { reason } of [...of("unmapped"), ...of("unknown")]) assert.ok(reason);
    assert.deepEqual(of("refreshed").flatMap(({ model, changes }) => changes.map((change) => ({ model, ...change }))), []);
    assert.equal(runware(client).totalUsd, runware(before).totalUsd);
    assert.match(runware(client).evidence.source, /^http:\/\/127\.0\.0\.1/);
    const job = await client.submit(WAN, { provider: "runware", maxCostUsd: 0.5 });
    assert.equal((await job.result()).quoteDeltaUsd, 0);
  });
});
