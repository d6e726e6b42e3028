// Other names of models, for programs that name models of OpenAI.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const MODEL_ALIASES = "sora-2=wan-2.6, sora-2-2025-12-08 = wan-2.6,old=sora-2,none=wan-9,broken,=x,";
const served = await gateway({ after }, { vars: { MODEL_ALIASES } });
const apiKey = await served.createKey();
const create = (json, as = apiKey) => served.call("/v1/videos", { apiKey: as, json: { prompt: "A boat", ...json } });

test("an alias is the model that it names, everywhere", async () => {
  for (const model of ["sora-2", "sora-2-2025-12-08", "wan-2.6"]) {
    const video = await served.generate(apiKey, { model, prompt: "A boat" });
    assert.deepEqual([video.model, video.filmgate.outcome.model], ["wan-2.6", "wan-2.6"], model);
    const { body } = await served.call("/v1/quotes", { apiKey, json: { model, prompt: "A boat" } });
    assert.ok(body.data.every((quote) => quote.model === "wan-2.6"));
  }
});

test("a key's list of models is of what is generated", async () => {
  assert.equal((await create({ model: "sora-2" }, await served.createKey({ models: ["wan-2.6"] }))).status, 200);
  const { status, body } = await create({ model: "sora-2" }, await served.createKey({ models: ["sora-2"] }));
  assert.deepEqual([status, body.error.code], [403, "model_not_allowed"]);
});

test("what the client said stays: a duration that the model lacks is refused, not rounded", async () => {
  const { status, body } = await create({ model: "sora-2", seconds: "8" });
  assert.deepEqual([status, body.error.param], [400, "seconds"]);
  assert.match(body.error.message, /5, 10/);
});

test("an alias of a model that no provider offers is told, at /healthz and in the error", async () => {
  for (const [model, target] of [["old", "sora-2"], ["none", "wan-9"]]) {
    const { status, body } = await create({ model });
    assert.deepEqual([status, body.error.param], [400, "model"]);
    assert.match(body.error.message, new RegExp(`MODEL_ALIASES maps \`${model}\` to \`${target}\``));
  }
  const { body } = await served.call("/healthz");
  assert.equal(body.ok, false);
  assert.equal(body.problems.filter(({ message }) => message.startsWith("MODEL_ALIASES maps")).length, 2);
  assert.equal(body.problems.filter(({ message }) => message.startsWith("MODEL_ALIASES must be pairs")).length, 2);
});
