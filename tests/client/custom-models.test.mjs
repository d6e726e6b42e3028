// Custom models: additional ones, and corrections of built-in ones.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  KEY,
  PROMPT,
  TEXT,
  createClient,
  counting,
  failing,
  nothingSent,
  simulator,
} from "./support.mjs";

/** A minimal custom model. */
const row = (listing = {}) => ({
  id: "dream-9",
  name: "Dream 9",
  listings: [
    {
      provider: "runware",
      providerModelId: "dreams:9@1",
      modes: ["text-to-video"],
      params: [
        { field: "prompt", providerField: "positivePrompt", type: "text", required: true },
        { field: "duration", providerField: "duration", type: "integer", min: 2, max: 9, required: true },
      ],
      prices: [{ usd: 0.031, per: "second" }],
      status: { state: "live" },
      ...listing,
    },
  ],
});
const DREAM = { model: "dream-9", prompt: PROMPT, duration: 3 };

const offline = (models) =>
  createClient({ settings: { runware: { apiKey: KEY } } }, { models, fetch: () => assert.fail() });

/** The issues of custom models, which every call that needs them throws. */
async function issuesOf(models) {
  const client = offline(models);
  const calls = [
    async () => client.models(),
    async () => client.validate(DREAM),
    async () => client.quote(DREAM),
    () => client.submit(DREAM),
    () => client.generate(DREAM),
  ];
  const errors = await Promise.all(calls.map((call) => failing(call(), "invalid_request")));
  for (const { issues, charge } of errors) {
    assert.equal(charge, "none");
    assert.deepEqual(issues, errors[0].issues);
    assert.ok(issues.length > 0);
    assert.ok(issues.every(({ path }) => /^models(\.|$)/.test(path)));
  }
  return errors[0].issues;
}

const throwing = () => {
  throw new Error("looked at");
};
const TRAPS = { get: throwing, has: throwing, ownKeys: throwing };
function circle() {
  const self = row();
  self.listings[0].params.push(self);
  return self;
}
function nested(depth) {
  let inner = {};
  for (let at = 0; at < depth; at++) inner = { inner };
  return inner;
}
const wide = (length) => row({ notes: [{ field: "prompt", text: "x".repeat(length) }] });
const priced = (usd) => row({ prices: [{ usd, per: "second" }] });
const placed = (wire) =>
  row({ params: [{ field: "prompt", providerField: wire, type: "text" }], prices: [{ usd: 1, per: "video" }] });

/** Invalid models, each with the path of its first issue. */
const UNSOUND = {
  "a text": ["rows", "models"],
  "no list": [row(), "models"],
  "an empty text": ["", "models"],
  "a no": [false, "models"],
  "a function": [throwing, "models"],
  bytes: [new Uint8Array(2_000_000), "models"],
  "a proxy that throws": [new Proxy([], TRAPS), "models"],
  "a proxy that throws further in": [[row(), new Proxy({}, TRAPS)], "models.1"],
  "a getter that throws": [
    [Object.defineProperty(row(), "name", { get: throwing, enumerable: true })],
    "models.0",
  ],
  "a circle": [[circle()], /^models\.0\.listings\.0\.params\.2\.listings/],
  "a depth": [nested(100_000), /^models\.inner/],
  "ten thousand rows": [Array.from({ length: 10_000 }, () => row()), "models"],
  "ten thousand rows of nothing": [new Array(10_000).fill(0), "models"],
  "a million values": [[row({ modes: new Array(1_000_000).fill("remix") })], "models"],
  "a list with holes": [[row({ modes: new Array(2 ** 32 - 1) })], "models.0.listings.0.modes"],
  "a text of ten megabytes": [[wide(10_000_000)], "models"],
  "a text of a hundred kilobytes": [[wide(100_000)], "models.0.listings.0.notes.0.text"],
  "a name of a megabyte": [[{ ["n".repeat(1_000_000)]: 1 }], /^models\.0/],
  "a price of NaN": [[priced(NaN)], "models.0.listings.0.prices.0.usd"],
  "a price without end": [[priced(Infinity)], "models.0.listings.0.prices.0.usd"],
  "a price below nothing": [[priced(-1)], "models.0.listings.0.prices.0.usd"],
  "a price in words": [[priced("1")], "models.0.listings.0.prices.0.usd"],
  "a price of a BigInt": [[priced(1n)], "models.0.listings.0.prices.0.usd"],
  "a place in a prototype": [[placed("__proto__")], "models.0.listings.0.params.0.providerField"],
  "a place below a prototype": [
    [placed("input.__proto__.admin")],
    "models.0.listings.0.params.0.providerField",
  ],
  "a place of five thousand levels": [
    [placed("a.".repeat(5_000) + "a")],
    "models.0.listings.0.params.0.providerField",
  ],
  "a misspelt name": [[row({ parms: [] })], "models.0.listings.0"],
  "one id twice": [[row(), row()], "models.1.id"],
  "one listing twice": [
    [{ ...row(), listings: [...row().listings, ...row().listings] }],
    "models.0.listings",
  ],
  "an id like a provider's": [[{ ...row(), id: "runpod:dream" }], "models.0.id"],
  "a provider that is none": [[row({ provider: "replicate" })], "models.0.listings.0.provider"],
  "a wire id with a path in it": [
    [row({ provider: "runpod", providerModelId: "../../account" })],
    "models.0.listings.0.providerModelId",
  ],
  "no price and no reason": [[row({ prices: [] })], "models.0.listings.0.noPriceReason"],
};

describe("custom models", { concurrency: true }, () => {
  test("an added model is listed first, validated, and priced by its definition", () => {
    const client = offline([row()]);
    const [first, ...ours] = client.models();
    assert.equal(first.id, "dream-9");
    assert.deepEqual(
      ours.map(({ id }) => id),
      offline().models().map(({ id }) => id),
    );
    const [quote, ...none] = client.quote(DREAM);
    assert.deepEqual(none, []);
    const { provider, providerModelId, basis, totalUsd } = quote;
    assert.deepEqual(
      { provider, providerModelId, basis, totalUsd },
      { provider: "runware", providerModelId: "dreams:9@1", basis: "custom", totalUsd: 0.093 },
    );
    const { ok, listings } = client.validate({ ...DREAM, duration: 10 });
    assert.equal(ok, false);
    assert.deepEqual(listings[0].issues[0].fix, { path: "duration", value: 9 });
    const without = offline().validate(DREAM).issues;
    assert.deepEqual(
      without.map(({ code }) => code),
      ["unknown_model"],
    );
  });

  test("the models that models() returns are valid, and mean the same", () => {
    const ours = offline();
    const again = offline(ours.models());
    const strip = ({ prices, ...listing }) => ({
      ...listing,
      prices: prices.map((price) => ({ ...price, basis: "" })),
    });
    const plain = (client) =>
      client.models().map(({ listings, ...model }) => ({ ...model, listings: listings.map(strip) }));
    assert.deepEqual(plain(again), plain(ours));
    const bases = again
      .models()
      .flatMap(({ listings }) => listings.flatMap(({ prices }) => prices))
      .map(({ basis }) => basis);
    assert.deepEqual([...new Set(bases)], ["custom"]);
    const [mine] = again.quote(TEXT).filter(({ available }) => available);
    const [theirs] = ours.quote(TEXT).filter(({ available }) => available);
    assert.deepEqual([mine.basis, mine.totalUsd], ["custom", theirs.totalUsd]);
  });

  test("a corrected model replaces the built-in one, in the request body too", async (t) => {
    const sim = await simulator(t);
    const models = createClient(sim).models();
    const sora = structuredClone(models.find(({ id }) => id === "sora-2-pro"));
    const listing = sora.listings.find(({ provider }) => provider === "runware");
    const safety = listing.params.find(({ field }) => field === "contentCheck");
    Object.assign(safety, { default: "full", alwaysSent: true });
    listing.prices = [{ usd: 0.25, per: "second" }];
    const seen = counting();
    const client = createClient(sim, { models: [sora], fetch: seen.fetch });

    assert.equal(client.models().length, models.length);
    const outcome = await client.generate(TEXT, { provider: "runware", maxCostUsd: 1 });
    assert.deepEqual(outcome.handle.quote, { min: 1_000_000, max: 1_000_000 });
    assert.equal(outcome.quoteDeltaUsd, 0.2);
    const [body] = JSON.parse(seen.submissions()[0].body);
    const at = safety.providerField.split(".").reduce((level, name) => level[name], body);
    assert.equal(at, safety.providerValues?.[safety.allowed.indexOf("full")] ?? "full");
    // The others are as they were.
    assert.equal(client.quote({ ...TEXT, model: "sora-2" })[0].basis, "exact");
  });

  test("an added model generates under its own id", async (t) => {
    const sim = await simulator(t);
    const fields = [
      { field: "prompt", providerField: "positivePrompt", type: "text", required: true },
      { field: "seed", providerField: "settings.seed", type: "integer" },
    ];
    const listing = { providerModelId: "sim:echo@1", params: fields, prices: [{ usd: 9, per: "video" }] };
    const seen = counting();
    const client = createClient(sim, { models: [row(listing)], fetch: seen.fetch });
    const { model, handle } = await client.generate({ model: "dream-9", prompt: PROMPT, seed: 7 });
    assert.deepEqual([model, handle.providerModelId], ["dream-9", "sim:echo@1"]);
    const [body] = JSON.parse(seen.submissions()[0].body);
    assert.deepEqual(body.settings, { seed: 7 });
    assert.deepEqual([body.model, body.positivePrompt], ["sim:echo@1", PROMPT]);
    // The handle alone finds the job, without the model.
    assert.equal((await createClient(sim).resume(handle).result()).model, "dream-9");
  });

  test("models that are changed after the client was created have no effect", () => {
    const rows = [row()];
    const client = offline(rows);
    const before = client.quote(DREAM);
    rows[0].listings[0].prices[0].usd = 0;
    rows.length = 0;
    assert.deepEqual(client.quote(DREAM), before);

    const early = [row()];
    const unasked = offline(early);
    early[0].listings[0].prices[0].usd = 0;
    assert.deepEqual(unasked.quote(DREAM), before);
  });

  test("undefined, an empty list and null add no models", () => {
    const ours = offline().models();
    for (const none of [[], null, undefined]) assert.deepEqual(offline(none).models(), ours);
  });

  test("a transparent proxy, a frozen model and one without a prototype are read like any other", () => {
    const reactive = new Proxy([new Proxy(row(), {})], {});
    for (const rows of [reactive, Object.freeze([Object.freeze(row())]), [bare(row())]]) {
      assert.equal(offline(rows).quote(DREAM)[0].totalUsd, 0.093);
    }
  });

  for (const [name, [rows, place]] of Object.entries(UNSOUND)) {
    test(`invalid: ${name}`, async () => {
      const [{ path, severity, message }] = await issuesOf(rows);
      assert.match(path, place instanceof RegExp ? place : new RegExp(`^${place}$`));
      assert.equal(severity, "error");
      assert.ok(message.length < 400 && path.length < 300);
      // The module is as good as before.
      assert.ok(offline().models().length > 1);
    });
  }

  test("all problems are reported at once, and nothing is sent", async (t) => {
    const sim = await simulator(t);
    const rows = [priced("free"), { ...row({ providerModelId: "no id" }), id: "" }, row({ modes: [] })];
    const client = createClient(sim, { models: rows });
    const { issues } = await failing(client.submit(DREAM), "invalid_request");
    assert.deepEqual(
      issues.map(({ path }) => path),
      [
        "models.0.listings.0.prices.0.usd",
        "models.1.id",
        "models.1.listings.0.providerModelId",
        "models.2.listings.0.modes",
      ],
    );
    await nothingSent(sim);
  });

  test("a name from a prototype is reported like any other unrecognized field", async () => {
    const text = JSON.stringify([row()]).replace('"name"', '"__proto__":{"polluted":1},"name"');
    const [{ path, code }] = await issuesOf(JSON.parse(text));
    assert.deepEqual([path, code], ["models.0", "unrecognized_field"]);
    assert.equal({}.polluted, undefined);
  });

  test("callers cannot modify the stored issues", async () => {
    const client = offline([priced("free")]);
    const first = await failing(client.submit(DREAM), "invalid_request");
    first.issues.length = 0;
    assert.equal((await failing(client.submit(DREAM), "invalid_request")).issues.length, 1);
  });
});

function bare(value) {
  return Object.assign(Object.create(null), value);
}
