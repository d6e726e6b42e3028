// A request, and its options, may be changed once a call has been made, as by a loop that uses one object for several
// submits: each call is about what the object held at that call.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { batch } from "../../pkg/dist/batch/index.js";
import { createGatewayClient } from "../../pkg/dist/gateway-client/index.js";
import { createFilmgate } from "../../pkg/dist/index.js";
import { BOTH, KEY, addressOf, counting, createClient, failing, simulator } from "./support.mjs";

const PROMPTS = ["a fox", "a cat", "a dog"];
// A PNG of one pixel.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const DATA = `data:image/png;base64,${PNG.toString("base64")}`;
const DRAFT = { model: "p-video", prompt: "", duration: 0, resolution: "720p" };
const IMAGE = "https://example.com/a.png";
const SECRET = "a long secret of the test";
const RUNWARE = { provider: "runware" };
const RUNPOD = { provider: "runpod" };

/** One request object for several calls, which are changed right after each of them. */
async function reused(call, request = { ...DRAFT }) {
  const calls = PROMPTS.map((prompt, at) => {
    Object.assign(request, { prompt, duration: request.model === DRAFT.model ? 2 + at : request.duration });
    return call(request, at);
  });
  request.prompt = "of no call";
  return Promise.all(calls);
}

/** The tasks or inputs of the submits, in the order of `PROMPTS`. */
function inputsOf(submissions) {
  const inputs = submissions.flatMap(({ body }) => [JSON.parse(body)].flat()).map((one) => one.input ?? one);
  const rank = ({ prompt, positivePrompt }) => PROMPTS.indexOf(prompt ?? positivePrompt);
  return inputs.sort((a, b) => rank(a) - rank(b));
}
const promptsOf = (submissions) => inputsOf(submissions).map(({ prompt, positivePrompt }) => prompt ?? positivePrompt);

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function recorded(t, options = {}) {
  const sim = await simulator(t);
  const seen = counting();
  return { sim, seen, client: createClient(sim, { fetch: seen.fetch, ...options }) };
}

describe("a request that is changed after the call is sent as it was at the call", { concurrency: true }, () => {
  const image = new Blob([PNG], { type: "image/png" });
  const webhook = { url: "https://example.com/hook", secret: SECRET };
  const upload = async () => IMAGE;
  const CASES = {
    "": { options: RUNWARE },
    " with a key": { options: RUNWARE, hasKey: true },
    " with a blob beside it": { request: { ...DRAFT, image }, options: RUNWARE },
    " with a webhook": { request: { ...BOTH }, options: { ...RUNPOD, webhook } },
    " with an upload": { request: { ...BOTH, image: new Uint8Array(PNG) }, options: RUNPOD, client: { upload } },
    " with all of them": { request: { ...BOTH, image }, options: { ...RUNPOD, webhook }, client: { upload }, hasKey: true },
  };
  for (const how of ["submit", "start", "generate"]) {
    for (const [what, { request = DRAFT, options, client: more, hasKey }] of Object.entries(CASES)) {
      test(`${how}${what}`, async (t) => {
        const { seen, client } = await recorded(t, more);
        // A job that is not awaited would be polled when its providers are gone.
        const { signal, abort } = aborting();
        const own = () => ({ maxCostUsd: 5, signal, ...options, ...(hasKey && { idempotencyKey: randomUUID() }) });
        await reused((request) => client[how](request, own()), { ...request });
        abort();
        assert.deepEqual(promptsOf(seen.submissions()), PROMPTS);
        if (request.model !== DRAFT.model) return;
        assert.deepEqual(inputsOf(seen.submissions()).map(({ duration }) => duration), [2, 3, 4]);
      });
    }
  }

  test("its price is that of the call", async (t) => {
    const { client } = await recorded(t);
    const handles = await reused((request) => client.start(request, { ...RUNWARE, maxCostUsd: request.duration * 0.02 }));
    assert.deepEqual(handles.map(({ quote }) => quote.max), [40_000, 60_000, 80_000]);
  });

  test("a live quote", async (t) => {
    const { seen, client } = await recorded(t);
    const quotes = await reused((request) => client.quote(request, { live: true }));
    assert.deepEqual(promptsOf(seen.submissions()), PROMPTS);
    assert.deepEqual(quotes.map((all) => all.find(({ basis }) => basis === "live").totalUsd), [0.04, 0.06, 0.08]);
  });

  test("what is nested in it: lists, raw options, a `URL`", async (t) => {
    const { seen, client } = await recorded(t);
    const url = new URL(IMAGE);
    const request = { ...DRAFT, prompt: "a fox", duration: 2, image: [url], providerOptions: { runware: { settings: { draft: true } } } };
    const started = client.start(request, { ...RUNWARE, allowUnknownCost: true });
    url.href = "https://example.com/other.png";
    request.image.push("https://example.com/second.png");
    request.providerOptions.runware.settings.draft = false;
    await started;
    const [{ inputs, settings }] = inputsOf(seen.submissions());
    assert.deepEqual([inputs.frameImages, settings.draft], [[IMAGE], true]);
  });

  for (const [what, make] of Object.entries({
    "a typed array": (bytes) => bytes,
    "an ArrayBuffer": (bytes) => bytes.buffer,
    "a DataView": (bytes) => new DataView(bytes.buffer),
    "a SharedArrayBuffer's bytes": (bytes) => {
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      return shared;
    },
  })) {
    test(`the bytes of an image: ${what}`, async (t) => {
      const { seen, client } = await recorded(t);
      const image = make(new Uint8Array(PNG));
      const started = client.start({ ...DRAFT, prompt: "a fox", duration: 2, image: { image, frame: "first" } }, RUNWARE);
      new Uint8Array(image.buffer ?? image).fill(0);
      await started;
      assert.ok(JSON.stringify(inputsOf(seen.submissions())).includes(DATA));
    });
  }

  test("a gateway's clients", async () => {
    const calls = [];
    const fetch = async (request) => {
      const path = new URL(request.url).pathname;
      const { prompt, filmgate } = await request.json();
      calls.push([path, prompt, filmgate.duration]);
      const quote = { available: true, provider: "runware", model: "p-video", providerModelId: "prunaai:p-video@0" };
      if (path === "/v1/plan") return Response.json({ quote: { ...quote, basis: "exact", minUsd: 0.04, maxUsd: 0.04 } });
      return Response.json({ id: `video_${calls.length}`, object: "video", status: "queued" });
    };
    const gateway = { url: "https://gateway.example", apiKey: KEY };
    const expected = PROMPTS.map((prompt, at) => [prompt, 2 + at]);
    for (const [client, paths] of [
      [createFilmgate({ gateway, fetch }), ["/v1/videos"]],
      [createGatewayClient({ ...gateway, fetch }), ["/v1/plan", "/v1/videos"]],
    ]) {
      for (const image of [undefined, new Blob([PNG])]) {
        calls.length = 0;
        await reused((request) => client.start(request, { idempotencyKey: randomUUID() }), { ...DRAFT, image });
        for (const path of paths) {
          const sent = calls.filter((call) => call[0] === path).map(([, ...rest]) => rest);
          assert.deepEqual(sent.sort((a, b) => a[1] - b[1]), expected, path);
        }
      }
    }
  });

  test("a batch", async (t) => {
    const { seen, client } = await recorded(t);
    const bytes = new Uint8Array(PNG);
    const requests = PROMPTS.map((prompt) => ({ ...DRAFT, prompt, duration: 2, image: bytes }));
    const provider = ["runware"];
    const running = batch(client, requests, { budgetUsd: 1, provider });
    for (const request of requests) Object.assign(request, { prompt: "of no call", duration: 10 });
    provider[0] = "runpod";
    bytes.fill(0);
    const { items, spentUsd } = await (await running).result();
    assert.deepEqual([items.map(({ status }) => status), spentUsd], [Array(3).fill("completed"), 0.12]);
    assert.deepEqual(promptsOf(seen.submissions()), PROMPTS);
    for (const { inputs } of inputsOf(seen.submissions())) assert.ok(JSON.stringify(inputs).includes(DATA));
  });

  test("a call of the AI SDK", async (t) => {
    const { seen, sim } = await recorded(t);
    const filmgate = createFilmgateProvider({ ...sim.settings, fetch: seen.fetch });
    const own = { resolution: "720p", provider: "runware", providerOptions: { runware: { settings: { draft: true } } } };
    const call = { prompt: "a fox", n: 1, duration: 2, headers: { "idempotency-key": "one" }, providerOptions: { filmgate: own } };
    const started = filmgate.video("p-video").doStart(call);
    own.providerOptions.runware.settings.draft = false;
    await started;
    assert.equal(inputsOf(seen.submissions())[0].settings.draft, true);
  });
});

describe("the options of a call", { concurrency: true }, () => {
  const FOX = { ...DRAFT, prompt: "a fox", duration: 2 };
  const key = () => ({ idempotencyKey: randomUUID() });

  test("a limit that is raised afterwards does not pay more", async (t) => {
    const { seen, client } = await recorded(t);
    const options = { ...RUNWARE, ...key(), maxCostUsd: 0.01 };
    const submitted = client.submit(FOX, options);
    options.maxCostUsd = 5;
    await failing(submitted, "budget_exceeded");
    assert.deepEqual(seen.submissions(), []);
  });

  test("a list of providers", async (t) => {
    const { client } = await recorded(t);
    const provider = ["runware"];
    const started = client.start(BOTH, { provider, ...key() });
    provider[0] = "runpod";
    assert.equal((await started).provider, "runware");
  });

  test("the `URL` of a webhook", async (t) => {
    const { seen, client } = await recorded(t);
    const url = new URL("https://example.com/hook");
    const started = client.start(BOTH, { ...RUNPOD, ...key(), webhook: { url, secret: SECRET } });
    url.pathname = "/other";
    const { id } = await started;
    const { webhook } = JSON.parse(seen.submissions()[0].body);
    assert.equal(webhook, `https://example.com${addressOf("runpod", id, SECRET)}`);
  });
});

describe("a request is read once", { concurrency: true }, () => {
  test("each getter, also that of an image, and one that a class has", async (t) => {
    const { seen, client } = await recorded(t);
    const reads = [];
    const of = (name, value) => () => (reads.push(name), value);
    class Draft {
      constructor() {
        Object.assign(this, DRAFT, { duration: 2 });
        Object.defineProperty(this, "prompt", { get: of("prompt", "a fox"), enumerable: true });
      }
      get image() {
        return of("image", IMAGE)();
      }
    }
    await client.start(new Draft(), { ...RUNWARE, ...{ idempotencyKey: randomUUID() } });
    assert.deepEqual(reads.sort(), ["image", "prompt"]);
    assert.deepEqual(inputsOf(seen.submissions())[0].inputs.frameImages, [IMAGE]);
  });

  test("what cannot be read is the problem that `validate` names", async (t) => {
    const { client } = await recorded(t);
    const circle = { ...DRAFT };
    circle.providerOptions = { runware: circle };
    const throwing = { ...DRAFT, duration: 2, get prompt() { throw new Error("looked at"); } };
    const { proxy, revoke } = Proxy.revocable({ ...DRAFT }, {});
    revoke();
    const wide = Array(300).fill(Array(300).fill("x"));
    for (const request of [
      circle, throwing, proxy, new Map(Object.entries(DRAFT)), { ...DRAFT, seed: new Date(5) }, { ...DRAFT, image: new Array(2 ** 32 - 1) },
      { ...DRAFT, providerOptions: { runware: { wide } } }, { ...DRAFT, image: [proxy] }, { ...DRAFT, seed: 1n },
    ]) {
      const { issues } = client.validate(request);
      const error = await failing(client.submit(request, RUNWARE), "invalid_request");
      const named = error.issues.map(({ path, code }) => `${path} ${code}`);
      for (const { severity, path, code } of issues) if (severity === "error") assert.ok(named.includes(`${path} ${code}`), `${path} ${code}: ${named}`);
      assert.ok(issues.length > 0);
    }
  });
});
