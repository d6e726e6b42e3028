// What is optional may be undefined: it is then as if it were not given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FilmgateError, createFilmgate } from "filmgate";
import { batch } from "filmgate/batch";
import { createSimulator } from "filmgate/testing";

const BARE = { model: "dream-9", prompt: "A fox", image: { image: "https://example.com/a.png" } };
const listing = {
  provider: "runware",
  providerModelId: "dreams:9@1",
  modes: ["text-to-video"],
  params: [
    { field: "prompt", providerField: "positivePrompt", type: "text" },
    { field: "image", providerField: "inputs.image", type: "image", allowed: ["url"] },
  ],
  prices: [{ usd: 0.03, per: "video" }],
  status: { state: "live" },
};
const LISTING = ["rules", "notes", "evidence", "noPriceReason", "typicalDurationMs", "minDurationMs"];
const PARAM = ["required", "min", "max", "providerValues", "sizes", "imageTypes", "list", "default", "alwaysSent"];
const PRICE = ["when", "basis", "blockSeconds", "evidence"];
const REQUEST = ["negativePrompt", "duration", "resolution", "size", "n", "seed", "webhookUrl", "taskUUID", "input"];
const SUBMIT = ["provider", "maxCostUsd", "allowUnknownCost", "timeoutMs", "idempotencyKey", "signal", "webhook"];

const undefinedFor = (names) => Object.fromEntries(names.map((name) => [name, undefined]));
const modelsOf = ({ params, prices, status, ...rest }) => [{ id: "dream-9", name: "Dream 9", listings: [{ params, prices, status, ...rest }] }];

test("a custom model", () => {
  const model = modelsOf({
    ...listing,
    ...undefinedFor(LISTING),
    params: listing.params.map((param) => ({ ...undefinedFor(PARAM), ...param })),
    prices: listing.prices.map((price) => ({ ...price, ...undefinedFor(PRICE) })),
    status: { ...listing.status, verifiedAt: undefined, sunset: undefined, replacements: undefined },
  });
  const models = model.map((one) => ({ ...one, creator: undefined }));
  assert.deepEqual(createFilmgate({ models }).model("dream-9"), createFilmgate({ models: modelsOf(listing) }).model("dream-9"));
});

test("a request", () => {
  const client = createFilmgate({ models: modelsOf(listing) });
  const request = {
    ...undefinedFor(REQUEST),
    ...BARE,
    image: { ...BARE.image, frame: undefined },
    output: { type: undefined, format: undefined, quality: undefined },
    providerOptions: { runpod: undefined, runware: undefined },
  };
  const { output, ...withoutOutput } = request;
  assert.deepEqual(client.quote(withoutOutput), client.quote(BARE));
  assert.deepEqual(client.validate({ ...BARE, output }), client.validate({ ...BARE, output: {} }));
});

test("an error", () => {
  const names = ["provider", "charge", "retryable", "handle", "issues", "providerCode", "providerMessage", "raw", "cause"];
  const given = { code: "timeout", message: "Late" };
  const bare = new FilmgateError(given);
  assert.deepEqual(new FilmgateError({ ...given, ...undefinedFor(names) }).toJSON(), bare.toJSON());
});

test("the options of a client, a submit and a batch, and those of the simulator", async (t) => {
  const simulator = createSimulator({ jobDurationMs: 50, seed: undefined, config: { cors: undefined }, transact: undefined });
  t.after(() => simulator.close());
  const before = simulator.configure();
  assert.deepEqual(simulator.configure({ videoTtlMs: undefined, webhook: undefined }), before);
  simulator.setFaults({ rules: undefined, random: undefined });
  const rule = { provider: undefined, operation: "poll", skip: undefined, times: undefined };
  simulator.injectFault({ ...rule, fault: { kind: "rateLimit", retryAfter: undefined } });
  const { runpod, runware, fetch } = simulator.options;
  const client = createFilmgate({
    ...undefinedFor(["gateway", "store", "models", "onEvent", "events", "upload", "allowPrivateHosts", "requestTimeoutMs"]),
    runpod: { ...undefinedFor(["headers", "maxConcurrency", "longPoll", "acceptResendRisk"]), ...runpod },
    runware: { ...undefinedFor(["baseURL"]), ...runware },
    fetch,
  });
  const request = { model: "p-video", prompt: "A fox", duration: 5, resolution: "720p" };
  assert.equal((await client.generate(request, undefinedFor([...SUBMIT, "onUpdate"]))).videos.length, 1);
  const options = undefinedFor(["id", "maxConcurrency", "provider", "timeoutMs", "signal"]);
  const { items } = await (await batch(client, [request], { budgetUsd: 1, ...options })).result();
  assert.equal(items[0].status, "completed");
  assert.equal((await client.jobs({ pending: undefined })).length, 2);
});
