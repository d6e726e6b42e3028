// A catalog document: the newer models of a `filmgate/catalog.json`, read by a client without a release.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { KEY, PROMPT, TEXT, createClient, failing, simulator } from "./support.mjs";

const DOCUMENT = JSON.parse(readFileSync(new URL("../../pkg/dist/catalog.json", import.meta.url), "utf8"));
const SMALL = { ...DOCUMENT, models: DOCUMENT.models.filter(({ id }) => id === "wan-2.6") };
/** Catalogs, more than the module keeps. */
const MORE_THAN_KEPT = 40;
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };

let catalogsRead = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  const addCatalog = (...args) => {
    catalogsRead += 1;
    return exports.addCatalog(...args);
  };
  return { exports: { ...exports, addCatalog } };
};

/** The document with changes to the Runware listing of a model. */
function newer(model, change) {
  const document = structuredClone(DOCUMENT);
  const listings = document.models.find(({ id }) => id === model).listings;
  change(listings.find(({ provider }) => provider === "runware"));
  return document;
}

function offline(models, options) {
  const issues = [];
  const onCatalogIssue = (issue) => issues.push(issue);
  const client = createFilmgate({ runware: { apiKey: KEY }, models, onCatalogIssue, ...options });
  return { client, issues };
}

const runware = (quotes) => quotes.find(({ provider }) => provider === "runware");

describe("the catalog in the package", () => {
  test("is a document of a day, and each listing names its evidence", () => {
    assert.equal(DOCUMENT.version, 1);
    assert.match(DOCUMENT.date, /^\d{4}-\d\d-\d\d$/);
    for (const { listings } of DOCUMENT.models) {
      for (const { evidence } of listings) {
        assert.ok(evidence.source && /^\d{4}-/.test(evidence.date) && typeof evidence.firstParty === "boolean");
      }
    }
    assert.doesNotMatch(JSON.stringify(DOCUMENT), /"\$schema"|"comment"/);
  });

  test("describes the same models as the module, in the same order", () => {
    const { client, issues } = offline(DOCUMENT);
    assert.deepEqual(client.models(), createFilmgate().models());
    assert.deepEqual(issues, []);
  });
});

describe("a newer document", () => {
  test("gives new prices with their basis, document and day, and adds models", () => {
    const evidence = { source: "https://runware.ai/docs/models/alibaba-wan2-6", date: "2027-01-31", firstParty: true };
    const document = newer("wan-2.6", (listing) => {
      listing.prices[0].usd = 0.05;
      listing.prices[0].evidence = evidence;
    });
    document.models.push({ ...document.models[0], id: "wan-9" });
    const { client } = offline(document);
    const quote = runware(client.quote(WAN));
    assert.deepEqual([quote.basis, quote.totalUsd, quote.evidence], ["exact", 0.25, evidence]);
    assert.ok(client.validate({ ...WAN, model: "wan-9" }).ok);
  });

  test("is refused in no case because of one entry: it is reported once, and the module's own is used", () => {
    const document = newer("wan-2.6", (listing) => (listing.prices[0].per = "credit"));
    const { client, issues } = offline(document);
    assert.deepEqual(issues, [], "nothing is loaded before the first call");
    assert.deepEqual(client.quote(WAN), createFilmgate().quote(WAN));
    client.models();
    assert.deepEqual(
      issues.map(({ severity, path }) => [severity, path.replace(/^models\.models\.\d+\./, "")]),
      [["warning", "listings.2.prices.0.per"]],
    );
    assert.match(issues[0].message, /^`wan-2\.6` is left out of the catalog\. .* must be one of: second/);
    assert.deepEqual(client.models().length, DOCUMENT.models.length);
  });

  test("writes what is left out to the console unless the client listens", (t) => {
    const warn = t.mock.method(console, "warn", () => {});
    const document = newer("wan-2.6", (listing) => delete listing.evidence);
    createFilmgate({ models: document }).quote(WAN);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(warn.mock.calls[0].arguments[0], /^filmgate: models\.models\.\d+\.listings\.2\.evidence: `wan-2\.6`/);
  });

  test("of another version or shape is refused, with what to do", async () => {
    for (const [document, path] of [
      [{ ...DOCUMENT, version: 2 }, "models.version"],
      [{ ...DOCUMENT, date: undefined }, "models.date"],
      [{ version: 1, date: "2026-01-01" }, "models.models"],
      [{ error: "not found" }, "models"],
    ]) {
      const { client } = offline(document);
      const { issues } = await failing((async () => client.quote(WAN))(), "invalid_request");
      assert.equal(issues[0].path, path);
    }
  });

  test("with a price that the provider did not publish passes no limit by itself", async (t) => {
    const sim = await simulator(t);
    const survey = { source: "A survey", date: "2026-09-24", firstParty: false };
    const models = newer("sora-2-pro", (listing) => {
      for (const price of listing.prices) Object.assign(price, { basis: "estimate", evidence: survey });
    });
    const client = createClient(sim, { models });
    const quote = runware(client.quote(TEXT));
    assert.deepEqual([quote.basis, quote.totalUsd, quote.evidence], ["estimate", 1.2, survey]);
    const limits = { provider: "runware", maxCostUsd: 100 };
    await failing(client.submit(TEXT, limits), "budget_exceeded");
    const result = await client.generate(TEXT, { ...limits, allowUnknownCost: true });
    assert.equal(result.handle.quote, undefined);
    assert.equal(result.costUsd, 1.2);
  });

  test("is read once, however many requests are quoted", () => {
    const { client } = offline(DOCUMENT);
    const before = catalogsRead;
    for (const duration of [5, 10, 15]) client.quote({ ...WAN, duration });
    client.models();
    client.validate(TEXT);
    assert.equal(catalogsRead - before, 1);
  });

  test("is read again if the module has dropped it, as after a trap", () => {
    const document = newer("wan-2.6", (listing) => (listing.prices[0].usd = 0.05));
    const { client } = offline(document);
    assert.equal(runware(client.quote(WAN)).totalUsd, 0.25);
    // More clients with catalogs of their own than the module keeps.
    const before = catalogsRead;
    for (let other = 0; other < MORE_THAN_KEPT; other += 1) offline(SMALL).client.quote(WAN);
    assert.equal(runware(client.quote(WAN)).totalUsd, 0.25);
    assert.equal(catalogsRead - before, MORE_THAN_KEPT + 1);
  });

  test("is read once for each of several clients that take turns", () => {
    const clients = Array.from({ length: 20 }, () => offline(SMALL).client);
    const before = catalogsRead;
    for (const duration of [5, 10, 15]) {
      for (const client of clients) assert.ok(client.validate({ ...WAN, duration }).ok);
    }
    assert.equal(catalogsRead - before, clients.length);
  });

  test("is read once while its client is in use, however many others come and go", () => {
    const { client } = offline(SMALL);
    const before = catalogsRead;
    for (let other = 0; other < MORE_THAN_KEPT; other += 1) {
      client.quote({ ...WAN, prompt: `Fox ${other}` });
      offline(SMALL).client.quote(WAN);
    }
    assert.equal(catalogsRead - before, MORE_THAN_KEPT + 1);
  });
});
