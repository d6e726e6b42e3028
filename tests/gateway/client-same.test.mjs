// The same request has the same result, directly and through the gateway, at both providers.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { BOTH, PICTURE, PROMPT, TEXT, failing, gateway } from "./client.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const CASES = [
  ["runpod", "an image's URL", BOTH],
  ["runpod", "text", WAN],
  ["runpod", "a seed", { ...WAN, seed: 7 }],
  ["runware", "a size", TEXT],
  ["runware", "text", WAN],
  ["runware", "several videos", { ...TEXT, n: 2 }],
  ["runware", "a limit", TEXT, { maxCostUsd: 2 }],
];
const FAILING = [
  ["runpod", "that fails", BOTH, "[fail]"],
  ["runware", "that fails", TEXT, "[fail]"],
];

const both = await gateway({ after });

describe("the same through the gateway", { concurrency: true }, () => {
  for (const [provider, what, request, options] of CASES) {
    test(`${provider}: ${what}`, async () => {
      const wishes = { provider, ...options };
      const through = await both.createClient().generate(request, wishes);
      const direct = await both.direct().generate(request, wishes);
      assert.deepEqual(shape(through), shape(direct));
      assert.equal(through.videos[0].url.startsWith(both.settings.url), true);
      assert.ok(through.videos[0].expiresAt > Date.now());
      assert.equal(through.handle.gateway, both.settings.url);
    });
  }

  for (const [provider, what, request, mark] of FAILING) {
    test(`${provider}: a video ${what}`, async () => {
      const asked = { ...request, prompt: `${PROMPT} ${mark}` };
      const through = await failing(both.createClient().generate(asked, { provider }), "generation_failed");
      const direct = await failing(both.direct().generate(asked, { provider }), "generation_failed");
      assert.deepEqual(facts(through), facts(direct));
    });
  }

  for (const [name, request, options] of [
    ["a problem", { ...TEXT, duration: 500 }],
    ["a limit that is too low", TEXT, { maxCostUsd: 0.01 }],
    ["no model", { prompt: PROMPT, duration: 4 }],
    ["no request", undefined],
    ["a provider that does not sell it", TEXT, { provider: "runpod" }],
  ]) {
    test(`rejected before anything is sent: ${name}`, async () => {
      const calls = [];
      const fetch = (request) => void calls.push(request);
      const thrown = async (client) => client.submit(request, options).then(assert.fail, (error) => error);
      const [through, direct] = [
        await thrown(both.createClient({ fetch })),
        await thrown(both.direct({ fetch })),
      ];
      assert.deepEqual(through.toJSON(), direct.toJSON());
      assert.deepEqual(calls, []);
    });
  }

  test("what is known offline is the same", () => {
    const [through, direct] = [both.createClient(), both.direct()];
    assert.deepEqual(through.models(), direct.models());
    for (const [, , request] of CASES) {
      assert.deepEqual(through.validate(request), direct.validate(request));
      assert.deepEqual(through.quote(request), direct.quote(request));
    }
  });

  // RunPod accepts URLs only, so the direct client would be rejected.
  test("an image as bytes: the gateway hosts it, and the provider receives its URL", async () => {
    const request = { ...BOTH, image: PICTURE };
    assert.equal(both.direct().validate(request).listings[0].ok, false);
    for (const provider of ["runpod", "runware"]) {
      assert.equal(both.createClient().validate(request).ok, true);
      const { videos } = await both.createClient().generate(request, { provider });
      assert.equal(videos.length, 1);
    }
  });
});

/** What two outcomes of the same request share: no ids, URLs or times. */
function shape({ provider, model, videos, errors, charge, costUsd, quoteDeltaUsd, handle, raw }) {
  const { version, providerModelId, n, quote } = handle;
  return {
    ...{ provider, model, errors, charge, costUsd, quoteDeltaUsd, version, providerModelId, n, quote },
    videos: videos.map(({ costUsd, nsfw, id, remixId, seed }) => ({
      ...{ costUsd, nsfw, id: typeof id, remixId: typeof remixId, seed: typeof seed },
    })),
    raw: Object.keys(raw ?? {}).sort(),
    handle: ["key", "createdAt", "submittedAt", "acceptedAt", "endedAt", "jobId"].map(
      (name) => `${name}: ${typeof handle[name]}`,
    ),
  };
}

/** The words are the provider's, which the gateway does not keep. */
function facts({ code, charge, retryable, provider, handle }) {
  return { code, charge, retryable, provider, n: handle.n };
}
