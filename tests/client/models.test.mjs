// The catalog as a client shows it: whole, one model, and in short.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";

const client = createFilmgate();

function assertFrozen(value) {
  if (typeof value !== "object" || value === null) return;
  assert.ok(Object.isFrozen(value), JSON.stringify(value).slice(0, 100));
  Object.values(value).forEach(assertFrozen);
}

describe("models", () => {
  test("is the same frozen object at each call of a client", () => {
    assert.equal(client.models(), client.models());
    assert.equal(client.models({ brief: true }), client.models({ brief: true }));
    assertFrozen(client.models());
    assertFrozen(client.models({ brief: true }));
    assert.notEqual(client.models(), createFilmgate().models());
  });

  test("can be given to another client, which does not change it", () => {
    const other = createFilmgate({ models: [...client.models()] });
    assert.equal(other.models().length, client.models().length);
    assertFrozen(client.models());
  });

  test("in short: the same models in the same order, in a sixth of the text", () => {
    const brief = client.models({ brief: true });
    assert.deepEqual(brief.map(({ id }) => id), client.models().map(({ id }) => id));
    const [short, whole] = [brief, client.models()].map((value) => JSON.stringify(value).length);
    assert.ok(short * 6 < whole, `${short} of ${whole}`);
    const wan = brief.find(({ id }) => id === "wan-2.6");
    assert.deepEqual(wan, {
      id: "wan-2.6",
      name: "Wan 2.6",
      creator: "Alibaba",
      modes: ["image-to-video", "text-to-video", "reference-to-video"],
      status: "live",
      cheapestPrice: { provider: "runpod", usd: 0.1, per: "second", basis: "exact", firstParty: true },
    });
  });

  test("in short: a retired model says so, and a price of others comes after a published one", () => {
    const models = [
      model("gone", [{ usd: 1, per: "video" }], { state: "retired", sunset: "2026-01-01" }),
      model("mixed", [
        { usd: 0.01, per: "second", evidence: { source: "A survey", date: "2026-09-24", firstParty: false } },
        { usd: 0.3, per: "block", blockSeconds: 3 },
        { usd: 0.05, per: "video" },
      ]),
      model("unpriced", []),
    ];
    const [gone, mixed, unpriced] = createFilmgate({ models })
      .models({ brief: true })
      .filter(({ id }) => models.some((one) => one.id === id));
    assert.deepEqual([gone.status, gone.cheapestPrice.per], ["retired", "video"]);
    assert.deepEqual([mixed.cheapestPrice.usd, mixed.cheapestPrice.per], [0.1, "second"]);
    assert.ok(!("cheapestPrice" in unpriced));
  });

  test("an unknown option is refused", () => {
    assert.throws(() => client.models({ short: true }), { code: "invalid_request" });
  });
});

test("model returns one model, or undefined", () => {
  assert.equal(client.model("wan-2.6"), client.models().find(({ id }) => id === "wan-2.6"));
  assert.equal(client.model("wan-0"), undefined);
  assert.equal(client.model("runware:vendor:1@1"), undefined);
});

function model(id, prices, status = { state: "live" }) {
  return {
    id,
    name: id,
    listings: [
      {
        provider: "runware",
        providerModelId: `${id}:1@1`,
        modes: ["text-to-video"],
        params: [
          { field: "prompt", providerField: "positivePrompt", type: "text" },
          { field: "duration", providerField: "duration", type: "integer", required: true },
        ],
        prices,
        status,
        ...(prices.length === 0 && { noPriceReason: "No document has one." }),
      },
    ],
  };
}
