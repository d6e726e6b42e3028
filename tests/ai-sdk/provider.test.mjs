// The provider as an object: what the AI SDK's registry, error classes and wrapper make of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createFilmgateProvider, filmgate } from "../../pkg/dist/ai-sdk/index.js";
import { MODEL, NoSuchModelError, ai6, ai7, callOf, isVideo } from "./support.mjs";
import { generateVideo, provider, simulator, thrown } from "./support.mjs";

describe("the provider", { concurrency: 4 }, () => {
  test("a registry finds its models", async (t) => {
    const sim = await simulator(t);
    const registry = ai7.createProviderRegistry({ filmgate: provider(sim) });
    const model = registry.videoModel(`filmgate:${MODEL}`);
    isVideo((await generateVideo(callOf("runware", model))).video);
  });

  test("as the default provider, a model's id will do, in both majors", async (t) => {
    const sim = await simulator(t);
    globalThis.AI_SDK_DEFAULT_PROVIDER = provider(sim);
    t.after(() => delete globalThis.AI_SDK_DEFAULT_PROVIDER);
    for (const { experimental_generateVideo: generate } of [ai6, ai7]) {
      isVideo((await generate(callOf("runware", MODEL))).video);
    }
  });

  test("other kinds of models throw the AI SDK's own error", () => {
    for (const kind of ["languageModel", "embeddingModel", "imageModel"]) {
      assert.throws(
        () => filmgate[kind]("gpt"),
        (error) => NoSuchModelError.isInstance(error) && error.modelType === kind,
      );
    }
  });

  test("a client of the caller's is used, and shown", async (t) => {
    const sim = await simulator(t);
    const client = createFilmgate(sim.settings);
    const ours = createFilmgateProvider({ client });
    assert.equal(ours.client, client);
    await generateVideo(callOf("runware", ours.videoModel(MODEL)));
    assert.equal((await client.jobs()).length, 1);
  });

  test("an error holds no prompt, image, key or URL", async (t) => {
    const sim = await simulator(t);
    const call = callOf("runpod", provider(sim).video(MODEL));
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const error = await thrown(generateVideo(call));
    const { apiKey, baseURL } = sim.settings.runpod;
    const all = `${JSON.stringify(error)} ${error.stack} ${JSON.stringify({ ...error })}`;
    for (const secret of [call.prompt.text, call.prompt.image, apiKey, baseURL]) {
      assert.ok(!all.includes(secret), secret);
    }
  });

  test("the provider of the environment waits for its first call with everything", () => {
    assert.equal(filmgate.specificationVersion, "v3");
    const { provider: name, modelId } = filmgate.video("wan-2.6");
    assert.deepEqual([name, modelId], ["filmgate.video", "wan-2.6"]);
  });
});
