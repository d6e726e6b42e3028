// A provider may have several listings of one model: the one used is named everywhere, from quote to result.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { PROMPT, addressOf, createClient, counting, failing, simulator } from "./support.mjs";

const STANDARD = "klingai:kling@o1-standard";
const PRO = "klingai:kling@o1";
const IMAGE = "https://example.com/baker.jpeg";
const KLING = { model: "kling-o1", prompt: PROMPT, image: IMAGE, duration: 5 };
const WAN = { model: "wan-2.6", prompt: PROMPT, image: IMAGE, duration: 5 };

/** The provider model ids of the submits. */
const models = (seen) => seen.submissions().map(({ body }) => JSON.parse(body)[0].model);

/** A fetch that has a submit of this model refused. */
function refusing(model, error, status = 400) {
  return counting(async (request) => {
    const text = await request.clone().text();
    const [task] = text.startsWith("[") ? JSON.parse(text) : [];
    if (task?.model !== model) return fetch(request);
    return Response.json({ errors: [{ taskUUID: task.taskUUID, ...error }] }, { status });
  });
}
const GONE = { code: "invalidModel", parameter: "model", message: "This model is not served." };

describe("several listings of one provider", { concurrency: true }, () => {
  test("the cheapest is used, and named by quote, validation, handle, store and result", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    const quotes = client.quote(KLING).filter(({ available }) => available);
    assert.deepEqual(
      quotes.map(({ providerModelId, totalUsd }) => [providerModelId, totalUsd]),
      [
        [STANDARD, 0.42],
        [PRO, 0.56],
      ],
    );
    const able = client.validate(KLING).listings.filter(({ ok }) => ok);
    assert.deepEqual(able.map(({ providerModelId }) => providerModelId).sort(), [PRO, STANDARD]);

    const outcome = await client.generate(KLING, { provider: "cheapest" });
    assert.deepEqual(models(seen), [STANDARD]);
    const { handle } = outcome;
    assert.deepEqual([handle.model, handle.providerModelId], ["kling-o1", STANDARD]);
    assert.deepEqual(handle.quote, { min: 420_000, max: 420_000 });
    assert.equal(outcome.costUsd, 0.42);
    assert.deepEqual(
      (await client.jobs()).map((job) => [job.handle.providerModelId, job.outcome.handle.providerModelId]),
      [[STANDARD, STANDARD]],
    );
  });

  test("a request that only one of them accepts goes to that one", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const tall = { model: "kling-o1", prompt: PROMPT, duration: 5, resolution: "1080p" };
    assert.equal((await client.generate(tall)).handle.providerModelId, PRO);
    const taken = [WAN, { ...WAN, image: undefined }].map(async (request) => {
      const { handle } = await client.generate(request, { provider: "runpod" });
      return handle.providerModelId;
    });
    assert.deepEqual(await Promise.all(taken), ["wan-2-6-i2v", "wan-2-6-t2v"]);
  });

  test("an order of providers is respected, and within each the cheaper listing comes first", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const kling = structuredClone(createClient(sim).model("kling-o1"));
    const pro = kling.listings.find(({ providerModelId }) => providerModelId === PRO);
    pro.prices = [{ usd: 0.01, per: "second" }];
    const client = createClient(sim, { models: [kling], fetch: seen.fetch });
    const provider = ["runpod", "runware"];
    assert.equal((await client.generate(KLING, { provider })).handle.providerModelId, PRO);
    assert.deepEqual(models(seen), [PRO]);
  });

  test("a limit between their prices selects the cheaper one; below both it rejects", async (t) => {
    const sim = await simulator(t);
    const seen = refusing(STANDARD, GONE);
    const client = createClient(sim, { fetch: seen.fetch });
    await failing(client.submit(KLING, { maxCostUsd: 0.5 }), "model_unavailable");
    assert.deepEqual(models(seen), [STANDARD]);
    const error = await failing(client.submit(KLING, { maxCostUsd: 0.4 }), "budget_exceeded");
    assert.match(error.message, /\$0\.42/);
  });

  test("a missing listing is followed by the next, and leaves no record", async (t) => {
    const sim = await simulator(t);
    const seen = refusing(STANDARD, GONE);
    const client = createClient(sim, { fetch: seen.fetch });
    const outcome = await client.generate(KLING, { provider: "runware" });
    assert.deepEqual(models(seen), [STANDARD, PRO]);
    assert.equal(outcome.handle.providerModelId, PRO);
    assert.deepEqual(
      (await client.jobs()).map(({ handle }) => handle.id),
      [outcome.handle.id],
    );
    const [first, second] = seen.submissions().map(({ body }) => JSON.parse(body)[0].taskUUID);
    assert.notEqual(first, second);
  });

  for (const [apiKey, code] of [
    ["bad-key", "unauthorized"],
    ["broke-key", "insufficient_quota"],
  ]) {
    test(`${code} holds for all of them: only the first is tried`, async (t) => {
      const sim = await simulator(t);
      const seen = counting();
      const runware = { ...sim.settings.runware, apiKey };
      const client = createClient(sim, { runware, fetch: seen.fetch });
      await failing(client.submit(KLING, { provider: "runware" }), code);
      assert.deepEqual(models(seen), [STANDARD]);
    });
  }

  test("another provider's listing is still tried after that", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const runware = { ...sim.settings.runware, apiKey: "bad-key" };
    const client = createClient(sim, { runware, fetch: seen.fetch });
    const request = { ...KLING, image: undefined, referenceImages: [IMAGE] };
    const outcome = await client.generate(request, { provider: ["runware", "runpod"] });
    assert.equal(outcome.handle.providerModelId, "kling-video-o1-r2v");
    assert.equal(seen.submissions().length, 2);
  });

  test("a job continues at its own listing, from its record and from its handle alone", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 500 });
    const store = memoryStore();
    const job = await createClient(sim, { store }).submit(WAN, { provider: "runpod" });
    const handle = JSON.parse(JSON.stringify(job.handle));
    assert.equal(handle.providerModelId, "wan-2-6-i2v");
    const elsewhere = counting();
    const [here, there] = await Promise.all([
      createClient(sim, { store }).resume(handle).result(),
      createClient(sim, { fetch: elsewhere.fetch }).resume(handle).result(),
    ]);
    assert.deepEqual([here.handle.providerModelId, here.videos[0].url], [handle.providerModelId, there.videos[0].url]);
    assert.ok(elsewhere.seen.length > 0);
    for (const { path } of elsewhere.seen) assert.match(path, /\/wan-2-6-i2v\/status/);
    await job.result();
  });

  test("each attempt has a webhook of its own, and the accepted one keeps its id", async (t) => {
    const sim = await simulator(t);
    const seen = refusing(STANDARD, GONE);
    const client = createClient(sim, { fetch: seen.fetch });
    const webhook = { url: "https://app.example/hook", secret: "long and random" };
    const job = await client.submit(KLING, { provider: "runware", webhook });
    assert.deepEqual(models(seen), [STANDARD, PRO]);
    const tasks = seen.submissions().map(({ body }) => JSON.parse(body)[0]);
    for (const { taskUUID, webhookURL } of tasks) {
      const { pathname, search } = new URL(webhookURL);
      assert.equal(pathname + search, addressOf("runware", taskUUID, webhook.secret));
    }
    assert.deepEqual([job.handle.providerModelId, job.handle.id], [PRO, tasks[1].taskUUID]);
    await job.result();
  });
});
