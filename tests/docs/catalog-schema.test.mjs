// catalog/schema.json accepts every file of the catalog, and knows the words that the module knows.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import { createFilmgate } from "../../pkg/dist/index.js";
import { root } from "../../scripts/lib/run.mjs";

const FOLDER = join(root, "catalog");
const read = (name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
const schema = read("schema.json");
const isValid = new Ajv({ allErrors: true, strict: false }).compile(schema);
const files = readdirSync(FOLDER).filter((name) => !["order.json", "schema.json"].includes(name));

test("every file of the catalog follows the schema, and says where the schema is", () => {
  assert.ok(files.length >= 22);
  for (const name of files) {
    assert.ok(isValid(read(name)), `${name}: ${JSON.stringify(isValid.errors)}`);
  }
});

test("a misspelled name, an unknown field, a missing document and a block without its length are errors", () => {
  const changes = [
    ({ listings: [listing] }) => (listing.price = listing.prices),
    ({ listings: [listing] }) => (listing.params[0].field = "promt"),
    ({ listings: [listing] }) => delete listing.evidence,
    ({ listings: [listing] }) => (listing.prices[0].per = "block"),
    ({ listings: [listing] }) => (listing.status = { state: "retired" }),
    (model) => delete model.$schema,
  ];
  for (const change of changes) {
    const model = read("wan-2.6.json");
    change(model);
    assert.ok(!isValid(model), String(change));
  }
});

/** What the module allows in the place of a word that it does not know. */
function allowedAt(change) {
  const model = read("wan-2.6.json");
  change(model.listings[0]);
  try {
    createFilmgate({ models: [model] }).models();
  } catch ({ issues }) {
    return issues[0].allowed;
  }
}

test("the schema and the module know the same modes, states, units and providers", () => {
  const { listing, mode, price } = schema.definitions;
  assert.deepEqual(mode.enum, allowedAt((one) => (one.modes = ["nonsense"])));
  assert.deepEqual(listing.properties.provider.enum, allowedAt((one) => (one.provider = "nonsense")));
  assert.deepEqual(listing.properties.status.properties.state.enum, allowedAt((one) => (one.status.state = "nonsense")));
  assert.deepEqual(price.properties.per.enum, allowedAt((one) => (one.prices[0].per = "nonsense")));
});

test("the schema and the module know the same fields", () => {
  const source = readFileSync(join(root, "src", "field.rs"), "utf8");
  const fields = [...source.matchAll(/^ {4}\w+ = "([\w.]+)": \w+,$/gm)].map(([, path]) => path);
  assert.ok(fields.length > 40);
  assert.deepEqual(schema.definitions.field.enum, fields);
});

test("the schema and the module know the same names in each object", () => {
  const { evidence, param, price } = schema.definitions;
  const named = { evidence, param, price, listing: schema.definitions.listing };
  const unknown = { nonsense: 1 };
  for (const [name, change] of [
    ["listing", (one) => Object.assign(one, unknown)],
    ["evidence", (one) => Object.assign(one.evidence, unknown)],
    ["param", (one) => Object.assign(one.params[0], unknown)],
    ["price", (one) => Object.assign(one.prices[0], unknown)],
  ]) {
    assert.deepEqual(Object.keys(named[name].properties).sort(), [...allowedAt(change)].sort(), name);
  }
});
