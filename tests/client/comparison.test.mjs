// A request without a model is priced at every listing: in short, in one call, and from memory if it is asked again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { withListings } from "../../bench/growth/catalog.mjs";
import { PROMPT, createClient } from "./support.mjs";

const ANY = { prompt: PROMPT, duration: 5, resolution: "720p" };
const MAX_BYTES = 20_000;

/** Calls between JavaScript and the module. */
let crossings = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports = {}) {
  const counted = (functions) => {
    const count = ([name, value]) => [name, typeof value === "function" ? counting(value) : value];
    return Object.fromEntries(Object.entries(functions).map(count));
  };
  const counting =
    (value) =>
    (...args) => {
      crossings += 1;
      return value(...args);
    };
  const outward = Object.entries(imports).map(([name, functions]) => [name, counted(functions)]);
  return { exports: counted(new Instance(module, Object.fromEntries(outward)).exports) };
};

const client = createClient({ settings: {} });
const keyOf = ({ provider, model, providerModelId }) => [provider, model, providerModelId].join(" ");

test("each listing has its price, or the first reason why it does not accept the request", () => {
  for (const request of [ANY, { ...ANY, image: "https://example.com/a.png", n: 2 }, {}, { ...ANY, seed: 1, fps: 24 }, { ...ANY, prompt: 5 }]) {
    const whole = client.quote(request, { details: true });
    const short = client.quote(request);
    assert.deepEqual(short.map(keyOf), whole.map(keyOf));
    short.forEach((quote, at) => {
      const { lineItems, warnings, issues, reason, evidence, ...rest } = whole[at];
      const first = issues?.find(({ severity }) => severity === "error").message;
      assert.deepEqual(quote, {
        ...rest,
        ...(evidence && { evidence: { date: evidence.date, firstParty: evidence.firstParty } }),
        ...(rest.basis === "unknown" && { reason }),
        ...(issues && { reason: first }),
      });
    });
  }
});

test("a named model has the whole quote of each of its listings", () => {
  const [{ model }] = client.quote(ANY);
  const named = client.quote({ ...ANY, model });
  const whole = client.quote(ANY, { details: true }).filter((quote) => quote.model === model);
  assert.deepEqual(named, whole);
  assert.ok(named[0].lineItems.length > 0);
});

test("raw fields and large images are weighed as in a whole quote", () => {
  const raw = { ...ANY, providerOptions: { runware: { steps: 3 }, runpod: { webhook: "https://a.example" } } };
  const large = { ...ANY, allowInlineImages: true, image: `data:image/png;base64,iVBORw0KGgo${"A".repeat(12_000_000)}` };
  for (const request of [raw, large]) {
    const [short, whole] = [client.quote(request), client.quote(request, { details: true })];
    const facts = ({ available, basis, maxUsd }) => [available, basis, maxUsd];
    assert.deepEqual(short.map(facts), whole.map(facts));
  }
  assert.ok(client.quote(large).some(({ reason }) => /bytes per request/.test(reason)));
});

test("a hundred listings take at most twenty kilobytes, whatever is asked", () => {
  const models = withListings(client.models(), 100);
  const hundred = createFilmgate({ models });
  for (const request of [ANY, {}, { ...ANY, image: "https://example.com/a.png", duration: 8, aspectRatio: "9:16" }]) {
    const quotes = hundred.quote(request);
    assert.equal(quotes.length, 100);
    const bytes = Buffer.byteLength(JSON.stringify(quotes));
    assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
  }
});

test("more listings with the same texts do not cross the module's boundary more often", () => {
  const crossingsAt = (count) => {
    const many = createFilmgate({ models: withListings(client.models(), count) });
    // The first call reads the catalog and the names of its listings.
    many.quote(ANY);
    crossings = 0;
    many.quote({ ...ANY, seed: count });
    return crossings;
  };
  const some = crossingsAt(67);
  assert.ok(some > 0);
  assert.equal(crossingsAt(100), some);
});

test("the same request is answered from memory, and the results are frozen", () => {
  for (const request of [ANY, { ...ANY, model: "wan-2.6" }]) {
    for (const ask of [() => client.quote(request), () => client.validate(request).listings]) {
      const first = ask();
      assert.equal(ask(), first);
      assert.throws(() => (first[0].model = "changed"), TypeError);
      assert.throws(() => first.reverse(), TypeError);
    }
  }
});

test("the memory is of the content of a request", () => {
  // What JSON cannot tell apart is not the same request.
  const without = client.quote({ prompt: PROMPT, resolution: "720p", duration: null });
  const notFinite = client.quote({ prompt: PROMPT, resolution: "720p", duration: NaN });
  assert.notDeepEqual(notFinite, without);
  const longer = client.quote({ ...ANY, duration: 10 }).find(({ available }) => available);
  assert.notEqual(longer.maxUsd, client.quote(ANY).find(({ available }) => available).maxUsd);
  // Nor is the same request at another catalog, or with private hosts allowed.
  const local = { ...ANY, model: "wan-2.6", image: "http://127.0.0.1/a.png" };
  const issuesOf = (options) => createFilmgate(options).validate(local).issues;
  assert.equal(issuesOf({})[0].code, "private_host");
  assert.notEqual(issuesOf({ allowPrivateHosts: true })[0].code, "private_host");
  const large = createFilmgate({ models: withListings(client.models(), 100) });
  assert.equal(large.quote(ANY).length, 100);
  assert.notEqual(client.quote(ANY).length, 100);
});
